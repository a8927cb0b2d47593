import { combine } from 'shamir-secret-sharing'
import { combinations } from './combinations.js'
import { keyFailure } from './key-failure.js'
import type { ThresholdKey } from './m-of-format.js'
import type { CheckedMOf } from './m-of-options.js'
import { fits, openShare, shareContext, type Sharing } from './m-of-share.js'
import { unwrapAlone, type DataKeysToUnwrap, type Member } from './member.js'
import { withinTime } from './within-time.js'

/** Sets of shares that are tried at the most, when shares are wrong: all there are of 7 among 14 are 3,432. */
const maxCombinations = 1000

/** The keyring that is likely to have a share, and then the others: they may stand in another order, or be fewer. */
function inOrder(members: readonly Member[], index: number): readonly Member[] {
  const likely = members[index]
  return likely === undefined ? members : [likely, ...members.filter((member) => member !== likely)]
}

/** `undefined` when it is no keyring's. Throws when one has it and it does not open. */
async function shareOf(
  members: readonly Member[],
  { shares }: ThresholdKey,
  sharing: Sharing,
  index: number,
): Promise<Uint8Array | undefined> {
  const { sealed, dataKeys } = shares[index]!
  const toUnwrap = { suite: sharing.suite, encryptionContext: shareContext(sharing, index), dataKeys }
  const failures: unknown[] = []
  for (const member of inOrder(members, index)) {
    try {
      const key = await unwrapAlone(member, toUnwrap)
      if (key === undefined) continue
      try {
        return openShare(sharing, index, key, sealed)
      } finally {
        key.fill(0)
      }
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length === 0) return undefined
  throw keyFailure('DATA_KEY_NOT_UNWRAPPED', `Share ${index + 1} does not open`, failures)
}

/** The data key that so many shares make, if it is the right one. */
async function joined(shares: readonly Uint8Array[], check: Uint8Array): Promise<Uint8Array | undefined> {
  let dataKey: Uint8Array
  try {
    dataKey = await combine([...shares])
  } catch {
    // A wrong share has the coordinate of another one.
    return undefined
  }
  if (fits(dataKey, check)) return dataKey
  dataKey.fill(0)
  return undefined
}

interface Arrival {
  readonly index: number
  readonly share?: Uint8Array | undefined
  readonly error?: unknown
}

/** One threshold data key being opened: shares are asked for as they are needed. */
function opening(options: CheckedMOf, key: ThresholdKey, sharing: Sharing) {
  const { members, timeout, shares: count } = options
  const waiting = new Map<number, Promise<Arrival>>()
  let next = 0
  return {
    waiting,
    hasNext: () => next < count,
    askNext() {
      const index = next++
      const asked = withinTime(shareOf(members, key, sharing, index), timeout)
      const arrival = asked.then(
        (share): Arrival => ({ index, share }),
        (error: unknown): Arrival => ({ index, error }),
      )
      waiting.set(index, arrival)
    },
    /** What comes after the data key was found is zeroed. */
    abandon() {
      for (const arrival of waiting.values()) void arrival.then(({ share }) => share?.fill(0))
    },
  }
}

function hedge(milliseconds: number | false): { readonly over: Promise<'slow'>; readonly stop: () => void } {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<'slow'>((resolve) => {
    if (milliseconds !== false) timer = setTimeout(() => resolve('slow'), milliseconds)
  })
  return { over, stop: () => clearTimeout(timer) }
}

/**
 * The data key of one threshold data key: `threshold` shares are opened at the same time, another one for each that fails or
 * is slow. Where some are wrong, the other sets of that size are tried, 1,000 at the most. Throws an AggregateError of
 * what the keyrings threw, or an Error.
 */
export async function openShares(
  options: CheckedMOf,
  key: ThresholdKey,
  { suite, encryptionContext }: Omit<DataKeysToUnwrap, 'dataKeys'>,
): Promise<Uint8Array> {
  const { threshold, shares } = options
  const sharing: Sharing = { suite, encryptionContext, threshold, shares, check: key.check }
  const asking = opening(options, key, sharing)
  const good: Uint8Array[] = []
  const failures: unknown[] = []
  let tried = 0
  try {
    for (;;) {
      const wanted = () => asking.waiting.size === 0 || asking.waiting.size + good.length < threshold
      while (asking.hasNext() && wanted()) asking.askNext()
      if (asking.waiting.size === 0) break
      const { over, stop } = hedge(asking.hasNext() ? options.hedgeAfter : false)
      const arrived = await Promise.race([...asking.waiting.values(), over]).finally(stop)
      if (arrived === 'slow') {
        asking.askNext()
        continue
      }
      asking.waiting.delete(arrived.index)
      if ('error' in arrived) failures.push(arrived.error)
      const { share } = arrived
      if (share === undefined) continue
      good.push(share)
      for (const others of combinations(good.slice(0, -1), threshold - 1)) {
        if (tried++ >= maxCombinations) {
          throw new Error(`${good.length} shares open, but none of ${maxCombinations} sets of them fits`)
        }
        const dataKey = await joined([...others, share], key.check)
        if (dataKey !== undefined) return dataKey
      }
    }
  } finally {
    asking.abandon()
    for (const share of good) share.fill(0)
  }
  const what =
    good.length < threshold
      ? `Only ${good.length} of the ${threshold} shares that are needed open`
      : `${good.length} shares open, but no ${threshold} of them fit`
  throw failures.length === 0 ? new Error(what) : new AggregateError(failures, what)
}
