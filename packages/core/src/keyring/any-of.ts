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
import { noteMissingKeys } from '../materials/missing-keys.js'
import { checkedAnyOf, type AnyOfOptions, type AnyOfReport, type CheckedAnyOf } from './any-of-options.js'
import { unwrapWithAny } from './any-of-unwrap.js'
import { wrapWithAny } from './any-of-wrap.js'
import { nestedKeyring, type NestedKeyring } from './nested-keyring.js'

function suiteOf({ suite }: NodeEncryptionMaterial | NodeDecryptionMaterial): AlgorithmSuite {
  const known = algorithmSuites.get(suite.id)
  if (known === undefined) throw new KeyringError('KEYRING_INVALID', 'The materials have an unknown suite')
  return known
}

function tell(onReport: CheckedAnyOf['onReport'], report: AnyOfReport): void {
  try {
    onReport?.(report)
  } catch (error) {
    const message = `onReport of anyOf failed: ${error instanceof Error ? error.name : typeof error}`
    process.emitWarning(message, { code: 'SEALRING_REPORT' })
  }
}

const trace = (flags: KeyringTraceFlag) => ({ keyNamespace: 'sealring', keyName: 'anyOf', flags })

class AnyOfKeyring extends KeyringNode implements NestedKeyring {
  readonly #options: CheckedAnyOf

  constructor(options: AnyOfOptions) {
    super()
    this.#options = checkedAnyOf(options)
  }

  async _onEncrypt(material: NodeEncryptionMaterial): Promise<NodeEncryptionMaterial> {
    const suite = suiteOf(material)
    const { encryptionContext } = material
    const generates = !material.hasUnencryptedDataKey
    const dataKey = generates ? randomFillSync(new Uint8Array(suite.keyLength)) : unencryptedBytes(material)
    try {
      const { entries, report, missingKeys } = await wrapWithAny(this.#options, {
        suite,
        encryptionContext,
        dataKey,
      })
      if (generates) {
        const flags = KeyringTraceFlag.WRAPPING_KEY_GENERATED_DATA_KEY
        material.setUnencryptedDataKey(Uint8Array.from(dataKey), trace(flags))
      }
      for (const entry of entries) {
        const key = encryptedDataKey(ownAwsClasses(), entry)
        if (key === undefined) throw new KeyringError('KEYRING_INVALID', 'A wrapped data key is empty')
        material.addEncryptedDataKey(key, KeyringTraceFlag.WRAPPING_KEY_ENCRYPTED_DATA_KEY)
      }
      noteMissingKeys(material, missingKeys)
      tell(this.#options.onReport, report)
      return material
    } finally {
      dataKey.fill(0)
    }
  }

  async _onDecrypt(
    material: NodeDecryptionMaterial,
    encryptedDataKeys: EncryptedDataKey[],
  ): Promise<NodeDecryptionMaterial> {
    const { encryptionContext } = material
    const dataKeys = encryptedDataKeys.map(dataKeyEntry)
    const dataKey = await unwrapWithAny(this.#options, {
      suite: suiteOf(material),
      encryptionContext,
      dataKeys,
    })
    if (dataKey === undefined) return material
    try {
      const flags = KeyringTraceFlag.WRAPPING_KEY_DECRYPTED_DATA_KEY
      return material.setUnencryptedDataKey(Uint8Array.from(dataKey), trace(flags))
    } finally {
      dataKey.fill(0)
    }
  }

  get [nestedKeyring](): NestedKeyring[typeof nestedKeyring] {
    const { members } = this.#options
    return {
      isRow: false,
      attempts: (toUnwrap) => members.map(({ keyring }, index) => ({ keyring, index, toUnwrap })),
    }
  }

  toJSON(): object {
    const { members, wrapWith } = this.#options
    return { keyring: 'any-of', wrapWith, keyrings: members.length }
  }

  [inspect.custom](): string {
    return `AnyOfKeyring ${JSON.stringify(this)}`
  }
}

/**
 * Seals as long as `wrapWith` of several keyrings can wrap, so that a region that is down stops nobody; whoever has any
 * one of the keys that did opens the message. The data key is made here, and each keyring wraps a copy of its own, all at the
 * same time. Timeouts, network errors and throttling excuse a keyring, nothing else does: AccessDenied fails the seal,
 * or a revoked permission would go unnoticed until the other key is needed. Throws KEYRING_INVALID; sealing fails with
 * DATA_KEY_NOT_WRAPPED, opening with DATA_KEY_NOT_UNWRAPPED, when no keyring opens and one had a reason.
 */
export function anyOf(options: AnyOfOptions): KeyringNode {
  return new AnyOfKeyring(options)
}
