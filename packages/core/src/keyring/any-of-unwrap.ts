import type { CheckedAnyOf } from './any-of-options.js'
import { keyFailure } from './key-failure.js'
import { unwrapAlone, type DataKeysToUnwrap } from './member.js'

/**
 * The data key, from the first member that has it: asked in their order, the next one as soon as one has none, and
 * besides when one is slow. `undefined` when none of `dataKeys` is theirs. Throws DATA_KEY_NOT_UNWRAPPED.
 */
export function unwrapWithAny(
  { members, timeout, hedgeAfter }: CheckedAnyOf,
  toUnwrap: DataKeysToUnwrap,
): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    const failures: unknown[] = []
    const timeouts = new Set<NodeJS.Timeout>()
    let hedge: NodeJS.Timeout | undefined
    let next = 0
    let waitingFor = 0
    let settled = false

    const settle = (): void => {
      settled = true
      clearTimeout(hedge)
      for (const timer of timeouts) clearTimeout(timer)
    }
    const noKey = (): void => {
      waitingFor -= 1
      if (next < members.length) {
        askNext()
      } else if (waitingFor === 0) {
        settle()
        if (failures.length === 0) resolve(undefined)
        else
          reject(
            keyFailure('DATA_KEY_NOT_UNWRAPPED', 'No keyring of anyOf could unwrap a data key', failures),
          )
      }
    }
    const askNext = (): void => {
      clearTimeout(hedge)
      const member = members[next++]!
      waitingFor += 1
      let answered = false
      const once = (end: () => void): void => {
        if (answered || settled) return
        answered = true
        clearTimeout(timer)
        timeouts.delete(timer)
        end()
      }
      const failed = (error: unknown): void =>
        once(() => {
          failures.push(error)
          noKey()
        })
      const timer = setTimeout(
        () => failed(new DOMException(`No answer within ${timeout} ms`, 'TimeoutError')),
        timeout,
      )
      timeouts.add(timer)
      const found = (dataKey: Uint8Array | undefined): void => {
        // Of two that open, one is too late.
        if (answered || settled) dataKey?.fill(0)
        once(() => {
          if (dataKey === undefined) {
            noKey()
          } else {
            settle()
            resolve(dataKey)
          }
        })
      }
      unwrapAlone(member, toUnwrap).then(found, failed)
      if (hedgeAfter === false || next === members.length) return
      hedge = setTimeout(askNext, hedgeAfter)
    }
    askNext()
  })
}
