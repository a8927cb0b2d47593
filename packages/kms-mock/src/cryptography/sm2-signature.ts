import { createHash, randomBytes } from 'node:crypto'
import { mod, modInverse, toBigInt } from './big-integers.js'
import { drawScalar, multiplyBase } from './curves.js'
import { ecKeyOf } from './ec-key.js'
import type { EcKey } from './ec-key.js'
import { encodeEcSignature, readEcSignature } from './ec-signature.js'
import { hashedParameters } from './sm2-parameters.js'
import { maxRawBytes } from './signature-scheme.js'
import type { SignatureInput, SignatureScheme } from './signature-scheme.js'

/** Its length in bits, then the default id of GB/T 32918.2 (developer guide, offline verification with SM2). */
const identity = Buffer.from('\u0000\u00801234567812345678', 'latin1')

const sm3 = (...parts: readonly Buffer[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sm3')).digest()

/** SM3(ZA || M), where ZA binds the signer (GB/T 32918.2, section 5.5). */
const digestOf = (point: Buffer, message: Buffer): Buffer =>
  sm3(sm3(identity, hashedParameters(), point.subarray(1)), message)

/** What a DIGEST message is: the hash of ZA and the message, made by the caller. */
const number = ({ message, messageType }: SignatureInput, { point }: EcKey): bigint =>
  toBigInt(messageType === 'DIGEST' ? message : digestOf(point, message))

/** SM2 signatures (GB/T 32918.2, sections 6 and 7), DER; node:crypto would make ECDSA ones of the same look. */
export const sm2Signature: SignatureScheme = {
  messages: { RAW: maxRawBytes, DIGEST: 32 },
  sign: (input) => {
    const key = ecKeyOf('SM2', input.material)
    const { curve, d } = key
    const { order } = curve
    const e = number(input, key)
    for (;;) {
      const k = drawScalar(curve, randomBytes)
      const r = mod(e + multiplyBase(curve, k).x, order)
      const s = mod(modInverse(1n + d, order) * (k - r * d), order)
      if (r !== 0n && r + k !== order && s !== 0n) return encodeEcSignature({ r, s })
    }
  },
  verify: (input, bytes) => {
    const key = ecKeyOf('SM2', input.material)
    const { curve, d } = key
    const { order } = curve
    const signature = readEcSignature(curve, bytes)
    if (signature === undefined) return false
    const { r, s } = signature
    const t = mod(r + s, order)
    // s × G + t × P, by the owner of d in one multiplication.
    const scalar = mod(s + t * d, order)
    if (t === 0n || scalar === 0n) return false
    return mod(number(input, key) + multiplyBase(curve, scalar).x, order) === r
  },
}
