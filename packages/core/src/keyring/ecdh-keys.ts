import { createECDH, createPrivateKey, ECDH, KeyObject } from 'node:crypto'
import { KeyringError } from '../errors.js'
import { ecdhCurves, type EcdhCurve, type EcdhCurveData } from './ecdh-curves.js'

/** A public key: SubjectPublicKeyInfo as PEM or DER, its curve named and its point uncompressed, or a KeyObject. */
export type EcdhPublicKey = string | Uint8Array | KeyObject

/** A private key: PEM (PKCS #8) or a KeyObject. */
export type EcdhPrivateKey = string | KeyObject

/** A key pair that agrees with others on secrets. */
export interface EcdhKeyPair {
  /** The public key, compressed. */
  readonly point: Buffer
  /** The shared secret with a public key, compressed: the x coordinate. The caller zeroes it. Throws for what is no point. */
  readonly agree: (point: Uint8Array) => Buffer
}

/** Throws KEYRING_INVALID. */
export function checkedCurve(curve: unknown): EcdhCurveData {
  if (typeof curve === 'string' && Object.hasOwn(ecdhCurves, curve)) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- just looked up
    return ecdhCurves[curve as EcdhCurve]
  }
  const known = Object.keys(ecdhCurves).join(', ')
  throw new KeyringError('KEYRING_INVALID', `The curve must be one of ${known}`)
}

/** A compressed point in another form; throws for what is not on the curve. */
function converted(point: Uint8Array, curve: EcdhCurveData, form: 'compressed' | 'uncompressed'): Buffer {
  const bytes = ECDH.convertKey(point, curve.openssl, undefined, undefined, form)
  // The point at infinity is one byte, and OpenSSL converts it.
  if (!Buffer.isBuffer(bytes) || bytes.byteLength <= curve.length) throw new Error('No point of the curve')
  return bytes
}

const pem = /^\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/

/** Not through `createPublicKey`: of a point at infinity Node 20 and 22 make a KeyObject that ends the process when asked for its curve. */
function spkiBytes(given: unknown): Buffer | undefined {
  if (typeof given === 'string') {
    const [, body] = pem.exec(given) ?? []
    return body === undefined ? undefined : Buffer.from(body, 'base64')
  }
  if (given instanceof KeyObject) {
    return given.type === 'public' ? given.export({ type: 'spki', format: 'der' }) : undefined
  }
  return given instanceof Uint8Array ? Buffer.from(given) : undefined
}

/** The compressed point of a public key, once it is known to be on the curve. Throws KEYRING_INVALID. */
export function publicPoint(curve: EcdhCurveData, given: unknown, whose: string): Buffer {
  const prefix = Buffer.from(curve.spkiPrefix, 'hex')
  let cause: unknown
  try {
    const spki = spkiBytes(given)
    const fits = spki?.byteLength === prefix.byteLength + 2 * curve.length
    if (fits && prefix.equals(spki.subarray(0, prefix.byteLength))) {
      return converted(spki.subarray(prefix.byteLength - 1), curve, 'compressed')
    }
  } catch (error) {
    cause = error
  }
  throw new KeyringError(
    'KEYRING_INVALID',
    `${whose} must be a SubjectPublicKeyInfo of the keyring's curve, its point uncompressed and on the curve`,
    cause === undefined ? {} : { cause },
  )
}

/** A compressed point as SubjectPublicKeyInfo, DER. Throws for what is not on the curve. */
export function spkiOf(curve: EcdhCurveData, point: Uint8Array): Buffer {
  const coordinates = converted(point, curve, 'uncompressed').subarray(1)
  return Buffer.concat([Buffer.from(curve.spkiPrefix, 'hex'), coordinates])
}

/** The contents of the DER elements that follow each other; undefined for what is cut. */
function derContents(bytes: Buffer): Buffer[] | undefined {
  const contents: Buffer[] = []
  for (let at = 0; at < bytes.byteLength;) {
    const short = bytes[at + 1] ?? 0
    const lengthBytes = short > 0x80 ? short - 0x80 : 0
    const from = at + 2 + lengthBytes
    if (lengthBytes > 2 || from > bytes.byteLength) return undefined
    const length = lengthBytes === 0 ? short : bytes.readUIntBE(at + 2, lengthBytes)
    at = from + length
    if (at > bytes.byteLength) return undefined
    contents.push(bytes.subarray(from, at))
  }
  return contents
}

/** The number in a PKCS #8 (RFC 5958) of a named curve (RFC 5915), as OpenSSL writes it: a part of `pkcs8`. */
function scalarOf({ algorithm, length }: EcdhCurveData, pkcs8: Buffer): Buffer | undefined {
  const [privateKeyInfo] = derContents(pkcs8) ?? []
  const [, identifier, key] = (privateKeyInfo && derContents(privateKeyInfo)) ?? []
  if (!identifier?.equals(Buffer.from(algorithm, 'hex').subarray(2))) return undefined
  const [ecPrivateKey] = (key && derContents(key)) ?? []
  const [, scalar] = (ecPrivateKey && derContents(ecPrivateKey)) ?? []
  return scalar?.byteLength === length ? scalar : undefined
}

function privateKeyObject(given: unknown): unknown {
  if (typeof given !== 'string') return given
  try {
    return createPrivateKey(given)
  } catch (cause) {
    throw new KeyringError('KEYRING_INVALID', 'The PEM holds no private key', { cause })
  }
}

function pairOf(ecdh: ECDH): EcdhKeyPair {
  return {
    point: ecdh.getPublicKey(null, 'compressed'),
    // OpenSSL checks that the point is on the curve; all of these curves have cofactor 1.
    agree: (point) => ecdh.computeSecret(point),
  }
}

/** Of a private key of the caller's. Throws KEYRING_INVALID. */
export function ownKeyPair(curve: EcdhCurveData, given: unknown): EcdhKeyPair {
  const key = privateKeyObject(given)
  if (!(key instanceof KeyObject) || key.type !== 'private') {
    throw new KeyringError('KEYRING_INVALID', 'The private key must be PEM or a private KeyObject')
  }
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' })
  try {
    const scalar = scalarOf(curve, pkcs8)
    if (scalar === undefined) throw new Error('It is a key of another kind')
    const ecdh = createECDH(curve.openssl)
    ecdh.setPrivateKey(scalar)
    return pairOf(ecdh)
  } catch (cause) {
    throw new KeyringError('KEYRING_INVALID', "The private key is not on the keyring's curve", { cause })
  } finally {
    pkcs8.fill(0)
  }
}

export function freshKeyPair(curve: EcdhCurveData): EcdhKeyPair {
  const ecdh = createECDH(curve.openssl)
  ecdh.generateKeys()
  return pairOf(ecdh)
}

/** Throws CURVE_REFUSED where this Node can't agree on secrets: SM2 on Node 24, whose ECDH takes SM2 pairs for invalid. */
export function checkAgreement(curve: EcdhCurveData): void {
  try {
    const { point, agree } = freshKeyPair(curve)
    agree(point).fill(0)
  } catch (cause) {
    const message = `This version of Node has no key agreement on ${curve.openssl}: use AWS KMS for it, or another Node`
    throw new KeyringError('CURVE_REFUSED', message, { cause })
  }
}
