import { CryptographyError } from './cryptography-error.js'
import { ecdsa } from './ecdsa.js'
import { ed25519, ed25519ph } from './ed25519.js'
import { algorithmsOf } from './key-specs.js'
import type { KeySpec, SigningAlgorithm } from './key-specs.js'
import type { Awaitable } from './material-kind.js'
import { mlDsa } from './ml-dsa.js'
import { rsaPkcs1, rsaPss } from './rsa-signature.js'
import type { MessageType, SignatureScheme } from './signature-scheme.js'
import { sm2Signature } from './sm2-signature.js'

export type { MessageType } from './signature-scheme.js'

const schemes: Readonly<Record<SigningAlgorithm, SignatureScheme>> = {
  RSASSA_PKCS1_V1_5_SHA_256: rsaPkcs1('sha256'),
  RSASSA_PKCS1_V1_5_SHA_384: rsaPkcs1('sha384'),
  RSASSA_PKCS1_V1_5_SHA_512: rsaPkcs1('sha512'),
  RSASSA_PSS_SHA_256: rsaPss('sha256'),
  RSASSA_PSS_SHA_384: rsaPss('sha384'),
  RSASSA_PSS_SHA_512: rsaPss('sha512'),
  ECDSA_SHA_256: ecdsa('sha256'),
  ECDSA_SHA_384: ecdsa('sha384'),
  ECDSA_SHA_512: ecdsa('sha512'),
  ED25519_SHA_512: ed25519,
  ED25519_PH_SHA_512: ed25519ph,
  SM2DSA: sm2Signature,
  ML_DSA_SHAKE_256: mlDsa,
}

const allowed = (
  spec: KeySpec,
  algorithm: SigningAlgorithm,
  message: Buffer,
  messageType: MessageType,
): SignatureScheme => {
  if (!algorithmsOf(spec, 'SIGN_VERIFY')?.includes(algorithm))
    throw new CryptographyError('ALGORITHM_NOT_ALLOWED', `A key of ${spec} does not support ${algorithm}`)
  const scheme = schemes[algorithm]
  const length = scheme.messages[messageType]
  if (length === undefined)
    throw new CryptographyError(
      'MESSAGE_TYPE_NOT_ALLOWED',
      `${algorithm} takes no message of type ${messageType}`,
    )
  if (messageType === 'RAW' ? message.length > length : message.length !== length)
    throw new CryptographyError(
      'MESSAGE_LENGTH',
      messageType === 'DIGEST'
        ? `Digest is invalid length for algorithm ${algorithm}`
        : `A message of type ${messageType} for ${algorithm} has ${messageType === 'RAW' ? 'at most ' : ''}${length} bytes`,
    )
  return scheme
}

/**
 * Signs. Throws `ALGORITHM_NOT_ALLOWED`, `MESSAGE_TYPE_NOT_ALLOWED` or `MESSAGE_LENGTH`, always at once,
 * never as a rejection. Gives a promise for Ed25519ph and ML-DSA, a value for all others.
 */
export const sign = (
  spec: KeySpec,
  material: Buffer,
  algorithm: SigningAlgorithm,
  message: Buffer,
  messageType: MessageType = 'RAW',
): Awaitable<Buffer> =>
  allowed(spec, algorithm, message, messageType).sign({ spec, material, message, messageType })

/** Whether a signature is one over the message. Throws as {@link sign} does; garbage is just false. */
export const verify = (
  spec: KeySpec,
  material: Buffer,
  algorithm: SigningAlgorithm,
  message: Buffer,
  signature: Buffer,
  messageType: MessageType = 'RAW',
): Awaitable<boolean> =>
  allowed(spec, algorithm, message, messageType).verify({ spec, material, message, messageType }, signature)
