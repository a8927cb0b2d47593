import { createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { EnvelopeError, KeyringError } from '../errors.js'
import type { AlgorithmSuite } from './algorithm-suites.js'
import { publicKeyContextKey, type EncryptionContext } from './encryption-context.js'

export type Curve = NonNullable<AlgorithmSuite['signature']>['curve']

export interface SigningKey {
  readonly privateKey: KeyObject
  /** The public point, compressed (SEC 1, 2.3.3). */
  readonly compressedPoint: Buffer
}

interface CurveRow {
  readonly coordinateLength: number
  /** AlgorithmIdentifier { id-ecPublicKey, curve } in DER (RFC 5480). */
  readonly algorithmIdentifier: Buffer
}

const curves: Readonly<Record<Curve, CurveRow>> = {
  prime256v1: {
    coordinateLength: 32,
    algorithmIdentifier: Buffer.from('301306072a8648ce3d020106082a8648ce3d030107', 'hex'),
  },
  secp384r1: {
    coordinateLength: 48,
    algorithmIdentifier: Buffer.from('301006072a8648ce3d020106052b81040022', 'hex'),
  },
}

function generatePair(curve: Curve): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  return new Promise((resolve, reject) => {
    generateKeyPair('ec', { namedCurve: curve }, (error, publicKey, privateKey) => {
      if (error === null) resolve({ publicKey, privateKey })
      else reject(error)
    })
  })
}

/** A new key pair, made on the thread pool. Throws DATA_KEY_NOT_WRAPPED. */
async function makeSigningKey(curve: Curve): Promise<SigningKey> {
  try {
    const { publicKey, privateKey } = await generatePair(curve)
    // Of all exports JWK is by far the cheapest.
    const { x, y } = publicKey.export({ format: 'jwk' })
    const { coordinateLength } = curves[curve]
    const compressedPoint = Buffer.alloc(1 + coordinateLength)
    const lastOfY = Buffer.from(y ?? '', 'base64url').at(-1) ?? 0
    compressedPoint[0] = lastOfY % 2 === 0 ? 0x02 : 0x03
    compressedPoint.write(x ?? '', 1, 'base64url')
    return { privateKey, compressedPoint }
  } catch (cause) {
    throw new KeyringError('DATA_KEY_NOT_WRAPPED', 'No key pair could be made to sign the message', { cause })
  }
}

/** Milliseconds within which another signed message is expected. */
const soon = 1000

interface Ahead {
  readonly since: number
  readonly key: Promise<SigningKey> | undefined
}

const ahead = new Map<Curve, Ahead>()

/**
 * A new key pair for one message. Where one signed message follows another, the pair for the next is made while this
 * one is sealed, on a core that would be idle; each is used once. Throws DATA_KEY_NOT_WRAPPED.
 */
export function generateSigningKey(curve: Curve): Promise<SigningKey> {
  const last = ahead.get(curve)
  const now = performance.now()
  const next = last !== undefined && now - last.since < soon ? makeSigningKey(curve) : undefined
  // Whoever is given it learns of its failure; until then nobody waits for it.
  next?.catch(() => undefined)
  ahead.set(curve, { since: now, key: next })
  // A failure of that time says nothing about now.
  return last?.key?.catch(() => makeSigningKey(curve)) ?? makeSigningKey(curve)
}

function derLengthPrefixed(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag, content.length]), content])
}

/** SubjectPublicKeyInfo of a compressed point; OpenSSL finds the other coordinate. Throws when there is none. */
function publicKeyOf(curve: Curve, compressedPoint: Buffer): KeyObject {
  const bitString = derLengthPrefixed(0x03, Buffer.concat([Buffer.from([0]), compressedPoint]))
  const key = derLengthPrefixed(0x30, Buffer.concat([curves[curve].algorithmIdentifier, bitString]))
  return createPublicKey({ key, format: 'der', type: 'spki' })
}

/** How many public keys are kept; about 1 MB of them. */
const mostKept = 256

/** By curve and encoded point, the one used last at the end. Keys that passed all checks. */
const kept = new Map<string, KeyObject>()

/**
 * The public key in the context of a signed message (framework/default-cmm.md#decrypt-materials). That of a message which was
 * opened lately is kept, since OpenSSL takes almost as long to make it ready as to verify with it. Throws
 * SIGNATURE_INVALID when there is none or it is no point of the curve: such a message can't be verified.
 */
export function publicKeyInContext(curve: Curve, context: EncryptionContext): KeyObject {
  const encoded = context[publicKeyContextKey]
  if (encoded === undefined) {
    throw new EnvelopeError('SIGNATURE_INVALID', 'The message is of a signed suite but has no public key')
  }
  const id = `${curve} ${encoded}`
  const key = kept.get(id) ?? importPoint(curve, encoded)
  kept.delete(id)
  kept.set(id, key)
  const [oldest] = kept.keys()
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
  return key
}

function importPoint(curve: Curve, encoded: string): KeyObject {
  const point = Buffer.from(encoded, 'base64')
  const form = point[0]
  const isCompressed = point.length === 1 + curves[curve].coordinateLength && (form === 0x02 || form === 0x03)
  // Of all texts that a lenient reader takes for this point only one is its encoding (RFC 4648, 3.5).
  if (!isCompressed || point.toString('base64') !== encoded) {
    throw new EnvelopeError('SIGNATURE_INVALID', 'The public key of the message is malformed')
  }
  try {
    return publicKeyOf(curve, point)
  } catch (cause) {
    throw new EnvelopeError('SIGNATURE_INVALID', 'The public key of the message is no point of its curve', {
      cause,
    })
  }
}
