import type { KeySpec } from './key-specs.js'
import type { Awaitable } from './material-kind.js'

/** What `Message` is: to be hashed, hashed, or ML-DSA's µ. */
export type MessageType = 'RAW' | 'DIGEST' | 'EXTERNAL_MU'

/** What a signature is made of, once it is known to be allowed. */
export interface SignatureInput {
  readonly spec: KeySpec
  readonly material: Buffer
  readonly message: Buffer
  readonly messageType: MessageType
}

/** One signing algorithm. */
export interface SignatureScheme {
  /** How long a message of each type is; at most, of RAW; a type that is absent is not allowed. */
  readonly messages: Readonly<Partial<Record<MessageType, number>>>
  sign(input: SignatureInput): Awaitable<Buffer>
  /** False for anything that is not a signature; never throws because of one. */
  verify(input: SignatureInput, signature: Buffer): Awaitable<boolean>
}

/** RAW messages are at most this long (API reference, Sign). */
export const maxRawBytes = 4096
