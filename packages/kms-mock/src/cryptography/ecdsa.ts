import { randomBytes, sign, verify } from 'node:crypto'
import { mod, modInverse, toBigInt } from './big-integers.js'
import { drawScalar, multiplyBase } from './curves.js'
import { ecKeyOf } from './ec-key.js'
import type { EcKey } from './ec-key.js'
import { encodeEcSignature, readEcSignature } from './ec-signature.js'
import { digestBytes } from './hashes.js'
import type { Hash } from './hashes.js'
import { keyObjectsOf } from './key-objects.js'
import { maxRawBytes } from './signature-scheme.js'
import type { SignatureScheme } from './signature-scheme.js'

// No digest that KMS pairs with a curve is longer than its order, so none is shortened (FIPS 186-5, 6.4.1).

const signDigest = ({ curve, d }: EcKey, digest: Buffer): Buffer => {
  const { order } = curve
  for (;;) {
    const k = drawScalar(curve, randomBytes)
    const r = mod(multiplyBase(curve, k).x, order)
    const s = mod(modInverse(k, order) * (toBigInt(digest) + r * d), order)
    if (r !== 0n && s !== 0n) return encodeEcSignature({ r, s })
  }
}

/**
 * FIPS 186-5, section 6.4.2, with u × G + v × Q = (u + v × d) × G: who knows d needs one
 * multiplication, and OpenSSL's is the fast one.
 */
const verifyDigest = ({ curve, d }: EcKey, digest: Buffer, bytes: Buffer): boolean => {
  const { order } = curve
  const signature = readEcSignature(curve, bytes)
  if (signature === undefined) return false
  const { r, s } = signature
  const scalar = mod(modInverse(s, order) * (toBigInt(digest) + r * d), order)
  return scalar !== 0n && mod(multiplyBase(curve, scalar).x, order) === r
}

/** ECDSA with DER signatures. node:crypto hashes whatever it signs, so digests take a way of their own. */
export const ecdsa = (hash: Hash): SignatureScheme => ({
  messages: { RAW: maxRawBytes, DIGEST: digestBytes[hash] },
  sign: ({ spec, material, message, messageType }) =>
    messageType === 'RAW'
      ? sign(hash, message, keyObjectsOf(material).privateKey)
      : signDigest(ecKeyOf(spec, material), message),
  verify: ({ spec, material, message, messageType }, signature) =>
    messageType === 'RAW'
      ? verify(hash, message, keyObjectsOf(material).publicKey, signature)
      : verifyDigest(ecKeyOf(spec, material), message, signature),
})
