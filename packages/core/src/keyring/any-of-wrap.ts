import type { KeyringError } from '../errors.js'
import type { DataKeyEntry } from '../materials/data-key-entry.js'
import type { MissingKey } from '../materials/missing-keys.js'
import type { AnyOfReport, CheckedAnyOf, MissingKeyring } from './any-of-options.js'
import { describeKeyring } from './describe-keyring.js'
import { failureName } from './error-name.js'
import { keyFailure } from './key-failure.js'
import { wrapAlone, type DataKeyToWrap, type WrappedAlone } from './member.js'
import { isOutage } from './outage.js'

type Outcome = WrappedAlone | { readonly error: unknown }

/** Data keys of the members in their order, and who is missing. */
export interface WrappedByAny {
  readonly entries: readonly DataKeyEntry[]
  readonly report: AnyOfReport
  /** That, and what its members did without in their turn. */
  readonly missingKeys: readonly MissingKey[]
}

function reportOf(members: CheckedAnyOf['members'], outcomes: readonly (Outcome | undefined)[]): AnyOfReport {
  const wrapped: number[] = []
  const missing: MissingKeyring[] = []
  for (const [index, outcome] of outcomes.entries()) {
    const named = { index, keyring: describeKeyring(members[index]!.keyring) }
    if (outcome === undefined) missing.push({ ...named, reason: 'late' })
    else if ('error' in outcome) {
      const { error } = outcome
      missing.push({ ...named, reason: 'failed', code: failureName(error), error })
    } else wrapped.push(index)
  }
  return { wrapped, missing }
}

function tooFew(wrapWith: number, wrapped: number, errors: readonly unknown[]): KeyringError {
  const why = errors.map(failureName).join(', ')
  const message = `Only ${wrapped} of the ${wrapWith} keyrings that are needed could wrap the data key (${why})`
  return keyFailure('DATA_KEY_NOT_WRAPPED', message, errors)
}

/**
 * All members wrap the data key at the same time. Done once `wrapWith` have, and the others have had their grace.
 * Throws DATA_KEY_NOT_WRAPPED when too many are out, and at once for what is no outage.
 */
export function wrapWithAny(
  { members, wrapWith, grace, timeout }: CheckedAnyOf,
  toWrap: DataKeyToWrap,
): Promise<WrappedByAny> {
  return new Promise((resolve, reject) => {
    const outcomes: (Outcome | undefined)[] = members.map(() => undefined)
    const timers: NodeJS.Timeout[] = []
    let graceBegan = false
    let settled = false

    const settle = (end: () => void): void => {
      settled = true
      for (const timer of timers) clearTimeout(timer)
      end()
    }
    const done = (): void =>
      settle(() => {
        const wrapped = outcomes.flatMap((outcome) => (outcome && 'entries' in outcome ? [outcome] : []))
        const report = reportOf(members, outcomes)
        const entries = wrapped.flatMap((each) => each.entries)
        const plain = report.missing.map(({ error: _error, ...missing }): MissingKey => missing)
        resolve({ entries, report, missingKeys: [...plain, ...wrapped.flatMap((each) => each.missingKeys)] })
      })

    const note = (index: number, outcome: Outcome): void => {
      if (settled || outcomes[index] !== undefined) return
      outcomes[index] = outcome
      if ('error' in outcome && !isOutage(outcome.error)) {
        const message = `A keyring of anyOf refused to wrap (${failureName(outcome.error)}): that is no outage`
        settle(() => reject(keyFailure('DATA_KEY_NOT_WRAPPED', message, [outcome.error])))
        return
      }
      const wrapped = outcomes.filter((each) => each && 'entries' in each).length
      const pending = outcomes.filter((each) => each === undefined).length
      if (wrapped + pending < wrapWith) {
        const errors = outcomes.flatMap((each) => (each && 'error' in each ? [each.error] : []))
        settle(() => reject(tooFew(wrapWith, wrapped, errors)))
      } else if (pending === 0) {
        done()
      } else if (wrapped >= wrapWith && !graceBegan) {
        graceBegan = true
        timers.push(setTimeout(done, grace))
      }
    }

    timers.push(
      setTimeout(() => {
        const error = new DOMException(`No answer within ${timeout} ms`, 'TimeoutError')
        for (const index of members.keys()) note(index, { error })
      }, timeout),
    )
    for (const [index, member] of members.entries()) {
      wrapAlone(member, toWrap).then(
        (wrapped) => note(index, wrapped),
        (error: unknown) => note(index, { error }),
      )
    }
  })
}
