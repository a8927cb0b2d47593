import type { NodeAlgorithmSuite } from '@aws-crypto/material-management-node'
import { KeyringError } from '../errors.js'
import { ownAwsClasses, type AwsClasses } from '../materials/aws-classes.js'
import { loneSurrogate, type EncryptionContext } from '../materials/encryption-context.js'

export interface WrapRequest {
  /** The plaintext data key: 16, 24 or 32 bytes. Zeroed once `wrap` is done: copy nothing, keep nothing. */
  readonly dataKey: Uint8Array
  /** All pairs, those of the SDK included. */
  readonly encryptionContext: EncryptionContext
  /** The same pairs as canonical bytes, empty when there are none: what to authenticate with the data key. */
  readonly serializedContext: Uint8Array
}

export interface WrappedDataKey {
  /** What `unwrap` needs to find and use the key, 1 to 65,535 bytes; text becomes UTF-8. Public. */
  readonly providerInfo: string | Uint8Array
  /** 1 to 65,535 bytes. */
  readonly ciphertext: Uint8Array
}

export interface UnwrapRequest {
  /** As `wrap` gave it, or what an attacker made of it: nothing of it is authenticated yet. */
  readonly providerInfo: Uint8Array
  /** Likewise. */
  readonly ciphertext: Uint8Array
  readonly encryptionContext: EncryptionContext
  /** As in `wrap`. */
  readonly serializedContext: Uint8Array
  /** Bytes of the data key that the message needs: 16, 24 or 32. */
  readonly keyLength: number
}

/** The classes that a keyring is made of: all exports of client-node, or of material-management-node, have them. */
export type KeyringClasses = Pick<AwsClasses, 'KeyringNode' | 'EncryptedDataKey'>

export interface KeyringFromOptions {
  /** Stands in every message, 1 to 65,535 bytes of UTF-8; `aws-kms` and what starts with `aws-kms-` are AWS's. */
  readonly providerId: string
  /** Encrypts a data key. What it throws is the `cause` of DATA_KEY_NOT_WRAPPED; a KeyringError keeps its code. Left out: the keyring only opens. */
  readonly wrap?: ((request: WrapRequest) => WrappedDataKey | Promise<WrappedDataKey>) | undefined
  /**
   * Decrypts a data key of this provider id. Its bytes become the keyring's, which zeroes them. `null`: made with
   * another key than this keyring's, so that it is no fault; what is thrown: made with this key, but broken. Either way
   * the message's other data keys are tried. A KeyringError keeps its code. Left out: the keyring only seals.
   */
  readonly unwrap?: ((request: UnwrapRequest) => Uint8Array | null | Promise<Uint8Array | null>) | undefined
  /** For a client of another installed copy of AWS's packages: that copy's exports. Default: those that we import. */
  readonly classes?: KeyringClasses
}

type Wrap = NonNullable<KeyringFromOptions['wrap']>
type Unwrap = NonNullable<KeyringFromOptions['unwrap']>

/** Bytes that a field of a message can have (data-format/message-header.md#encrypted-data-key-entries). */
const maxFieldLength = 0xffff

function checkedProviderId(providerId: unknown): string {
  if (typeof providerId !== 'string' || loneSurrogate.test(providerId)) {
    throw new KeyringError('KEYRING_INVALID', 'The provider id must be a well-formed text')
  }
  const length = Buffer.byteLength(providerId)
  if (length < 1 || length > maxFieldLength) {
    throw new KeyringError('KEYRING_INVALID', `The provider id must have 1 to ${maxFieldLength} bytes`)
  }
  // framework/structures.md#key-provider-id
  if (providerId === 'aws-kms' || providerId.startsWith('aws-kms-')) {
    throw new KeyringError(
      'KEYRING_INVALID',
      'Provider ids that start with "aws-kms" are reserved for AWS KMS',
    )
  }
  return providerId
}

export function onlyOpens(): never {
  throw new Error('This keyring only opens: it was made without wrap')
}

export function onlySeals(): never {
  throw new Error('This keyring only seals: it was made without unwrap')
}

/** Text or bytes that `wrap` gave, as bytes. Throws KEYRING_INVALID. */
export function checkedField(what: string, field: unknown): Uint8Array {
  if (typeof field === 'string' && loneSurrogate.test(field)) {
    throw new KeyringError('KEYRING_INVALID', `wrap gave a ${what} that is no well-formed text`)
  }
  const bytes = typeof field === 'string' ? Buffer.from(field) : field
  if (!(bytes instanceof Uint8Array)) {
    throw new KeyringError('KEYRING_INVALID', `wrap gave no ${what}`)
  }
  if (bytes.byteLength < 1 || bytes.byteLength > maxFieldLength) {
    throw new KeyringError('KEYRING_INVALID', `wrap gave a ${what} that has not 1 to ${maxFieldLength} bytes`)
  }
  return bytes
}

export interface CheckedOptions {
  readonly providerId: string
  /** Provider ids of the data keys that `unwrap` is asked about. */
  readonly opens: ReadonlySet<string>
  readonly wrap: (request: WrapRequest, suite: NodeAlgorithmSuite) => ReturnType<Wrap>
  readonly unwrap: (request: UnwrapRequest, suite: NodeAlgorithmSuite) => ReturnType<Unwrap>
  readonly classes: KeyringClasses
  readonly className: string
  /** What JSON calls it. */
  readonly kind: string
  /** What inspections and JSON tell beside that. */
  readonly shown: object
}

/** Throws KEYRING_INVALID. */
export function checkedOptions(options: KeyringFromOptions): CheckedOptions {
  const { providerId, wrap, unwrap, classes = ownAwsClasses() } = options
  for (const given of [wrap, unwrap]) {
    if (given !== undefined && typeof given !== 'function') {
      throw new KeyringError('KEYRING_INVALID', 'wrap and unwrap must be functions')
    }
  }
  if (wrap === undefined && unwrap === undefined) {
    throw new KeyringError('KEYRING_INVALID', 'Give wrap, unwrap or both')
  }
  if (typeof classes.KeyringNode !== 'function' || typeof classes.EncryptedDataKey !== 'function') {
    throw new KeyringError('KEYRING_INVALID', 'classes must have KeyringNode and EncryptedDataKey')
  }
  return {
    providerId: checkedProviderId(providerId),
    opens: new Set([providerId]),
    wrap: wrap ? (request) => wrap.call(options, request) : onlyOpens,
    unwrap: unwrap ? (request) => unwrap.call(options, request) : onlySeals,
    classes,
    className: 'CustomKeyring',
    kind: 'custom',
    shown: { providerId },
  }
}
