import { randomFillSync } from 'node:crypto'
import { split } from 'shamir-secret-sharing'
import type { DataKeyEntry } from '../materials/data-key-entry.js'
import type { MissingKey } from '../materials/missing-keys.js'
import { failureName } from './error-name.js'
import { keyFailure } from './key-failure.js'
import { serializeThresholdKey, type WrappedShare } from './m-of-format.js'
import type { CheckedMOf } from './m-of-options.js'
import { checkOf, sealShare, shareContext, type Sharing } from './m-of-share.js'
import { wrapAlone, type DataKeyToWrap, type Member } from './member.js'
import { withinTime } from './within-time.js'

type Wrapped = WrappedShare & { readonly missingKeys: readonly MissingKey[] }

/** The share under a fresh key, and that key under the custodian's. */
async function wrapShare(
  member: Member,
  sharing: Sharing,
  index: number,
  share: Uint8Array,
  milliseconds: number,
): Promise<Wrapped> {
  const key = randomFillSync(new Uint8Array(32))
  try {
    const sealed = sealShare(sharing, index, key, share)
    const encryptionContext = shareContext(sharing, index)
    const wrapping = wrapAlone(member, { suite: sharing.suite, encryptionContext, dataKey: key }, true)
    const { entries, missingKeys } = await withinTime(wrapping, milliseconds)
    return { sealed, dataKeys: entries, missingKeys }
  } finally {
    key.fill(0)
  }
}

/** One encrypted data key that holds all shares. Throws DATA_KEY_NOT_WRAPPED unless every keyring wraps, KEYRING_INVALID. */
export async function sealShares(
  { members, threshold, timeout }: CheckedMOf,
  { suite, encryptionContext, dataKey }: DataKeyToWrap,
): Promise<{ readonly entry: DataKeyEntry; readonly missingKeys: readonly MissingKey[] }> {
  const { length } = members
  const check = checkOf(dataKey)
  const sharing: Sharing = { suite, encryptionContext, threshold, shares: length, check }
  const secret = Uint8Array.from(dataKey)
  const shares = await split(secret, length, threshold).finally(() => secret.fill(0))
  try {
    const outcomes = await Promise.allSettled(
      members.map((member, index) => wrapShare(member, sharing, index, shares[index]!, timeout)),
    )
    const failures = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
    )
    if (failures.length > 0) {
      const why = failures.map(failureName).join(', ')
      throw keyFailure(
        'DATA_KEY_NOT_WRAPPED',
        `${failures.length} of ${length} keyrings of mOf could not wrap their share (${why})`,
        failures,
      )
    }
    const wrapped = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    return {
      entry: serializeThresholdKey({ threshold, check, shares: wrapped }),
      missingKeys: wrapped.flatMap(({ missingKeys }) => missingKeys),
    }
  } finally {
    for (const share of shares) share.fill(0)
  }
}
