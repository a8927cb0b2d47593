import { randomFillSync } from 'node:crypto'
import { inspect } from 'node:util'
import { KeyringNode, KeyringTraceFlag } from '@aws-crypto/material-management-node'
import type {
  EncryptedDataKey,
  NodeDecryptionMaterial,
  NodeEncryptionMaterial,
} from '@aws-crypto/material-management-node'
import { KeyringError } from '../errors.js'
import { algorithmSuites, type AlgorithmSuite } from '../materials/algorithm-suites.js'
import { ownAwsClasses } from '../materials/aws-classes.js'
import { dataKeyEntry, encryptedDataKey, unencryptedBytes } from '../materials/aws-materials.js'
import type { DataKeyEntry } from '../materials/data-key-entry.js'
import { isGivenAlone, keepAlone } from '../materials/lone-data-key.js'
import { noteMissingKeys } from '../materials/missing-keys.js'
import { keyFailure } from './key-failure.js'
import { parseThresholdKey, thresholdProviderId, type ThresholdKey } from './m-of-format.js'
import { openShares } from './m-of-open.js'
import { checkedMOf, type CheckedMOf, type MOfOptions } from './m-of-options.js'
import { sealShares } from './m-of-seal.js'
import { shareContext } from './m-of-share.js'
import type { DataKeysToUnwrap } from './member.js'
import { nestedKeyring, type InnerAttempt, type NestedKeyring } from './nested-keyring.js'

const trace = (flags: KeyringTraceFlag) => ({ keyNamespace: 'sealring', keyName: 'mOf', flags })

/** Without commitment, two sets of custodians could be given two data keys for one message. */
function committingSuite({ suite }: NodeEncryptionMaterial | NodeDecryptionMaterial): AlgorithmSuite {
  const known = algorithmSuites.get(suite.id)
  if (known?.committing !== true) {
    throw new KeyringError('KEYRING_INVALID', 'mOf works with committing algorithm suites only')
  }
  return known
}

function checkUnshared(material: NodeEncryptionMaterial, { besideOtherDataKeys }: CheckedMOf): void {
  if (besideOtherDataKeys) return
  const isShared = material.hasUnencryptedDataKey && !isGivenAlone(material)
  if (isShared || material.encryptedDataKeys.length > 0) {
    throw new KeyringError(
      'KEYRING_INVALID',
      'Another keyring has the data key that mOf is to share out, and would open the message alone: ' +
        'set besideOtherDataKeys if that is meant',
    )
  }
  keepAlone(material)
}

/** Throws an Error for what this keyring is not to open. */
function parsed({ threshold, shares }: CheckedMOf, entry: DataKeyEntry): ThresholdKey {
  const key = parseThresholdKey(entry)
  if (key.threshold !== threshold || key.shares.length !== shares) {
    const found = `${key.threshold} of ${key.shares.length}`
    throw new Error(`The data key was shared out ${found}, this keyring is for ${threshold} of ${shares}`)
  }
  return key
}

async function firstOpened(
  options: CheckedMOf,
  { suite, encryptionContext, dataKeys }: DataKeysToUnwrap,
): Promise<Uint8Array> {
  const failures: unknown[] = []
  for (const entry of dataKeys) {
    try {
      return await openShares(options, parsed(options, entry), { suite, encryptionContext })
    } catch (error) {
      failures.push(error)
    }
  }
  const [first] = failures
  const why = first instanceof Error ? `: ${first.message}` : ''
  throw keyFailure('DATA_KEY_NOT_UNWRAPPED', `mOf could not open a data key of its own${why}`, failures)
}

class MOfKeyring extends KeyringNode implements NestedKeyring {
  readonly #options: CheckedMOf

  constructor(options: MOfOptions) {
    super()
    this.#options = checkedMOf(options)
  }

  async _onEncrypt(material: NodeEncryptionMaterial): Promise<NodeEncryptionMaterial> {
    const { members, shares } = this.#options
    if (members.length < shares) {
      throw new KeyringError('KEYRING_INVALID', 'This mOf has fewer keyrings than shares: it only opens')
    }
    const suite = committingSuite(material)
    checkUnshared(material, this.#options)
    const { encryptionContext } = material
    const generates = !material.hasUnencryptedDataKey
    const dataKey = generates ? randomFillSync(new Uint8Array(suite.keyLength)) : unencryptedBytes(material)
    try {
      const { entry, missingKeys } = await sealShares(this.#options, { suite, encryptionContext, dataKey })
      const key = encryptedDataKey(ownAwsClasses(), entry)
      if (key === undefined) throw new KeyringError('KEYRING_INVALID', 'The wrapped shares are empty')
      if (generates) {
        const flags = KeyringTraceFlag.WRAPPING_KEY_GENERATED_DATA_KEY
        material.setUnencryptedDataKey(Uint8Array.from(dataKey), trace(flags))
      }
      noteMissingKeys(material, missingKeys)
      return material.addEncryptedDataKey(key, KeyringTraceFlag.WRAPPING_KEY_ENCRYPTED_DATA_KEY)
    } finally {
      dataKey.fill(0)
    }
  }

  async _onDecrypt(
    material: NodeDecryptionMaterial,
    encryptedDataKeys: EncryptedDataKey[],
  ): Promise<NodeDecryptionMaterial> {
    const mine = encryptedDataKeys.filter(({ providerId }) => providerId === thresholdProviderId)
    if (mine.length === 0) return material
    if (encryptedDataKeys.length > 1 && !this.#options.besideOtherDataKeys) {
      const message =
        'The message has another data key beside the one that mOf shared out: set besideOtherDataKeys if that is meant'
      throw new KeyringError('DATA_KEY_NOT_UNWRAPPED', message)
    }
    const { encryptionContext } = material
    const suite = committingSuite(material)
    const dataKeys = mine.map(dataKeyEntry)
    const dataKey = await firstOpened(this.#options, { suite, encryptionContext, dataKeys })
    try {
      const flags = KeyringTraceFlag.WRAPPING_KEY_DECRYPTED_DATA_KEY
      return material.setUnencryptedDataKey(Uint8Array.from(dataKey), trace(flags))
    } finally {
      dataKey.fill(0)
    }
  }

  /** Each share with each keyring. */
  get [nestedKeyring](): NestedKeyring[typeof nestedKeyring] {
    const { members, threshold } = this.#options
    return {
      isRow: true,
      attempts: ({ suite, encryptionContext, dataKeys }) =>
        dataKeys.flatMap((entry): readonly InnerAttempt[] => {
          if (entry.providerId !== thresholdProviderId) return []
          let key: ThresholdKey
          try {
            key = parsed(this.#options, entry)
          } catch {
            // The keyring's own row has the reason.
            return []
          }
          const shares = key.shares.length
          return key.shares.flatMap((wrapped, share) => {
            const context = shareContext({ encryptionContext, threshold, shares }, share)
            const toUnwrap = { suite, encryptionContext: context, dataKeys: wrapped.dataKeys }
            return members.map(({ keyring }, index) => ({ keyring, index, share, toUnwrap }))
          })
        }),
    }
  }

  toJSON(): object {
    const { members, threshold, shares } = this.#options
    return { keyring: 'm-of', threshold, shares, keyrings: members.length }
  }

  [inspect.custom](): string {
    return `MOfKeyring ${JSON.stringify(this)}`
  }
}

/**
 * Seals so that no custodian alone opens: the data key is split (Shamir) into as many shares as there are keyrings, and any
 * `threshold` of them give it back. Each share is encrypted under a fresh key, which one keyring wraps, and is bound to its
 * number, to both counts, to the suite and to the encryption context. To seal, every keyring must wrap. Wrong shares are
 * found out, and other sets of shares tried. Committing suites only. One encrypted data key, of the provider id
 * "sealring-threshold", holds it all: no other SDK opens it. Throws KEYRING_INVALID; sealing fails with
 * DATA_KEY_NOT_WRAPPED, and KEYRING_INVALID for another suite or beside other data keys; opening with
 * DATA_KEY_NOT_UNWRAPPED.
 */
export function mOf(options: MOfOptions): KeyringNode {
  return new MOfKeyring(options)
}
