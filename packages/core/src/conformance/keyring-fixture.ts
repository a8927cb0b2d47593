import type { KeyringNode } from '@aws-crypto/material-management-node'

/** What the keyring conformance suite needs of the keyring under test. */
export interface KeyringFixture {
  readonly capabilities: KeyringCapabilities
  /** A keyring, and what belongs to it. Called for each case. */
  open(): Promise<KeyringUnderTest>
}

/** What a keyring can do. Declared, never guessed; the suite checks that it is true. */
export interface KeyringCapabilities {
  /** `onEncrypt` makes and wraps data keys. */
  readonly seals: boolean
  /** `onDecrypt` unwraps what this keyring, or its partner, wrapped. */
  readonly opens: boolean
  /** The provider ids of the encrypted data keys that one seal adds, in their order. */
  readonly providerIds: readonly string[]
  /** A data key is bound to its encryption context. Not so with raw RSA. */
  readonly bindsContext: boolean
  /** A changed ciphertext never gives a data key. */
  readonly detectsDamage: boolean
  /** It refuses algorithm suites without key commitment. Default false. */
  readonly committingOnly?: boolean
  /** client-node has a keyring for the same keys. */
  readonly equivalent: boolean
  /** Default true. `false`: with a signed algorithm suite it neither seals nor opens, as a KMS RSA keyring. */
  readonly signedSuites?: boolean
}

export interface KeyringUnderTest {
  readonly keyring: KeyringNode
  /** Another keyring object with the same keys, as another process would make it. */
  reopen(): Promise<KeyringNode>
  /** A keyring of the same provider ids with other keys. It seals, or opens where the keyring only opens. */
  readonly stranger: KeyringNode
  /** Seals for a keyring that only opens, or opens for one that only seals: then it is needed. */
  readonly partner?: KeyringNode
  /** Whether the n-th encrypted data key of a seal, from 0, may have this provider info. */
  isProviderInfo(info: Uint8Array, n: number): boolean
  /** Wrapping keys, passphrases, tokens: what must never be seen in an error or an inspection. At least 16 bytes each. */
  readonly secrets: readonly Uint8Array[]
  /** client-node's keyring for the same keys, and its client. Needed of who declares `equivalent`. */
  readonly equivalent?: EquivalentKeyring
  dispose(): Promise<void>
}

export interface EquivalentKeyring {
  readonly keyring: KeyringNode
  /** What `buildClient()` of `@aws-crypto/client-node` gives. */
  readonly client: {
    encrypt(
      keyring: KeyringNode,
      plaintext: Uint8Array,
      options: { encryptionContext: Record<string, string> },
    ): Promise<{ result: Uint8Array }>
    decrypt(keyring: KeyringNode, message: Uint8Array): Promise<{ plaintext: Uint8Array }>
  }
}
