import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { SealringError, type errorCodes } from '@sealring/core'
import { ours, theirs, type Side } from './sides.js'
import { uncaughtDuring } from './uncaught-during.js'

type ErrorCode = keyof typeof errorCodes

/** What a scenario returns when an error is part of its value: it has a code on our side. */
export class Failed {
  readonly value: unknown
  readonly error: unknown
  constructor(value: unknown, error: unknown) {
    this.value = value
    this.error = error
  }
}

/** How a scenario ends. */
export interface Outcome {
  readonly ends: 'gives' | 'refuses' | 'hangs'
  readonly value?: unknown
  /** Of an error of ours; theirs have none. */
  readonly code?: string | undefined
  /** Something was thrown where nobody could catch it. Never ours. */
  readonly uncaught?: true
}

export const gives = (value: unknown): Outcome => ({ ends: 'gives', value })
/** Any error on their side, this code on ours. */
export const refuses = (code: ErrorCode): Outcome => ({ ends: 'refuses', code })
/** It ends in `value`, and an error is part of that. */
export const failsWith = (code: ErrorCode, value: unknown): Outcome => ({ ends: 'gives', value, code })
/** It never settles. */
export const hangs: Outcome = { ends: 'hangs' }
export const uncaught = (outcome: Outcome): Outcome => ({ ...outcome, uncaught: true })

/** One scenario, run by both clients. `theirs` is measured as `ours` is: the oracle defines what is right. */
export type Row = {
  readonly what: string
  readonly run: (side: Side) => unknown
} & (
  | { readonly both: Outcome }
  | {
      readonly theirs: Outcome
      readonly ours: Outcome
      /** Why we differ on purpose, with the section of the specification where it has one. */
      readonly because: string
    }
)

const patience = 400
const pending = Symbol('pending')

/** An error of ours without a code is shown as it is. */
function codeOn(side: Side, error: unknown): { code?: string } {
  if (side === theirs) return {}
  return { code: error instanceof SealringError ? error.code : `no code: ${String(error)}` }
}

function expectedOf(row: Row, side: Side): Outcome {
  if (side === ours) return 'both' in row ? row.both : row.ours
  const { code: _, ...outcome } = 'both' in row ? row.both : row.theirs
  return outcome
}

/** `expected` only says what is worth waiting for. */
async function outcomeOf(row: Row, side: Side, expected: Outcome): Promise<Outcome> {
  let outcome: Outcome
  const limit = expected.ends === 'hangs' ? patience : 15_000
  const errors = await uncaughtDuring(async () => {
    try {
      const running = Promise.resolve(row.run(side))
      const value = await Promise.race([running, sleep(limit, pending, { ref: false })])
      if (value === pending) outcome = hangs
      else if (value instanceof Failed) outcome = { ...gives(value.value), ...codeOn(side, value.error) }
      else outcome = gives(value)
    } catch (error) {
      outcome = { ends: 'refuses', ...codeOn(side, error) }
    }
  }, expected.uncaught === true)
  return errors.length > 0 ? uncaught(outcome!) : outcome!
}

/** Two tests a row, one a side, so that a report names the side. */
export function parity(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    for (const row of rows) {
      const why = 'because' in row ? ` (we differ: ${row.because})` : ''
      for (const side of [theirs, ours]) {
        it(`${row.what}: ${side.name}${why}`, async () => {
          const expected = expectedOf(row, side)
          expect(await outcomeOf(row, side, expected)).to.deep.equal(expected)
        })
      }
    }
  })
}
