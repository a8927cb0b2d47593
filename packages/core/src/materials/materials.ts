import type { KeyObject } from 'node:crypto'
import type { CommitmentPolicy } from '@aws-crypto/material-management-node'
import type { AlgorithmSuite } from './algorithm-suites.js'
import type { DataKeyEntry } from './data-key-entry.js'
import type { MissingKey } from './missing-keys.js'
import type { EncryptionContext } from './encryption-context.js'

/** framework/cmm-interface.md#encryption-materials-request */
export interface EncryptionRequest {
  readonly suite: AlgorithmSuite
  /** False when the caller asked for no suite: then a materials manager may choose another. */
  readonly suiteAsked: boolean
  readonly encryptionContext: EncryptionContext
  /** Keys of the context that are authenticated but not stored. */
  readonly requiredContextKeys: readonly string[]
  /** Bytes, or at most so many; `undefined` when nothing is known. */
  readonly plaintextLength: number | undefined
  readonly commitmentPolicy: CommitmentPolicy
}

/** framework/structures.md#encryption-materials. What a message is sealed with. */
export interface EncryptionMaterials {
  readonly suite: AlgorithmSuite
  /** All pairs, the public key of a signed suite included. */
  readonly encryptionContext: EncryptionContext
  readonly requiredContextKeys: readonly string[]
  /** Serialization of the pairs that the header stores. */
  readonly storedContext: Buffer
  /** Read only: it may be cached. */
  readonly dataKey: Uint8Array
  readonly encryptedDataKeys: readonly DataKeyEntry[]
  readonly signingKey: KeyObject | undefined
  /** Keyrings that were to wrap the data key and did not; left out when there are none. */
  readonly missingKeys?: readonly MissingKey[]
  /** To be called once, when the message is sealed or given up; zeroes the data key where nobody else has it. */
  readonly release: () => void
}

/** framework/cmm-interface.md#decrypt-materials-request */
export interface DecryptionRequest {
  readonly suite: AlgorithmSuite
  /** Of the header, and the reproduced pairs that it does not store. */
  readonly encryptionContext: EncryptionContext
  /** Keys of the reproduced pairs that the header does not store. */
  readonly requiredContextKeys: readonly string[]
  /** Keys of all reproduced pairs. */
  readonly reproducedContextKeys: readonly string[]
  readonly dataKeys: readonly DataKeyEntry[]
  readonly commitmentPolicy: CommitmentPolicy
}

/** framework/structures.md#decryption-materials. What a message is opened with. */
export interface DecryptionMaterials {
  readonly suite: AlgorithmSuite
  /** Read only: it may be cached. */
  readonly dataKey: Uint8Array
  readonly verificationKey: KeyObject | undefined
  readonly release: () => void
}

/**
 * AWS's materials classes take longer to build than all cryptography of a small message. What this package makes
 * itself offers, beside their interface, the same materials as plain objects, under these two symbols.
 */
export const directKeyring: unique symbol = Symbol('direct keyring')
export const directManager: unique symbol = Symbol('direct materials manager')

export interface DirectKeyring {
  readonly [directKeyring]: {
    /** A new data key of `suite.keyLength` bytes, wrapped. The bytes become the caller's. Throws KeyringError. */
    readonly generate: (
      suite: AlgorithmSuite,
      serializedContext: Buffer,
    ) => { readonly dataKey: Uint8Array; readonly encryptedDataKeys: readonly DataKeyEntry[] }
    /**
     * The data key, which becomes the caller's; `undefined` when none of `dataKeys` is this keyring's. Throws
     * KeyringError when one is, and none of them opens.
     */
    readonly unwrap: (
      suite: AlgorithmSuite,
      encryptionContext: EncryptionContext,
      dataKeys: readonly DataKeyEntry[],
    ) => Uint8Array | undefined
  }
}

export interface DirectManager {
  readonly [directManager]: {
    readonly encrypt: (request: EncryptionRequest) => EncryptionMaterials | Promise<EncryptionMaterials>
    readonly decrypt: (request: DecryptionRequest) => DecryptionMaterials | Promise<DecryptionMaterials>
  }
}
