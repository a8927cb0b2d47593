import type { KeySpec, SigningAlgorithm } from './key-specs.js'
import type { Awaitable } from './material.js'

/** What `Message` is: to be hashed, hashed, or ML-DSA's µ. */
export type MessageType = 'RAW' | 'DIGEST' | 'EXTERNAL_MU'

const notYet = (): never => {
  throw new Error('not implemented yet')
}

/**
 * Signs. Throws `ALGORITHM_NOT_ALLOWED`, `MESSAGE_TYPE_NOT_ALLOWED` or `MESSAGE_LENGTH`, always at once,
 * never as a rejection. RSA, ECDSA of RAW messages and Ed25519 give a value, the others a promise.
 */
export const sign: (
  spec: KeySpec,
  material: Buffer,
  algorithm: SigningAlgorithm,
  message: Buffer,
  messageType?: MessageType,
) => Awaitable<Buffer> = notYet

/** Whether a signature is one over the message. Throws as {@link sign} does; garbage is just false. */
export const verify: (
  spec: KeySpec,
  material: Buffer,
  algorithm: SigningAlgorithm,
  message: Buffer,
  signature: Buffer,
  messageType?: MessageType,
) => Awaitable<boolean> = notYet
