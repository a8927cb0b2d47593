import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { fromBigInt, mod } from './big-integers.js'
import { CryptographyError } from './cryptography-error.js'
import { drawScalar, multiplyBase } from './curves.js'
import { contentOf, encodeDer, encodeInteger, readDerSequence, readInteger, tags } from './der.js'
import { ecKeyOf } from './ec-key.js'
import { sm2Multiply } from './sm2-multiply.js'

/** The key derivation function of GB/T 32918.4, section 5.4.3, with SM3. */
const keyStream = (x: Buffer, y: Buffer, length: number): Buffer => {
  const blocks: Buffer[] = []
  for (let counter = 1; blocks.length * 32 < length; counter++) {
    const index = Buffer.alloc(4)
    index.writeUInt32BE(counter)
    blocks.push(createHash('sm3').update(x).update(y).update(index).digest())
  }
  return Buffer.concat(blocks).subarray(0, length)
}

const xor = (a: Buffer, b: Buffer): Buffer => Buffer.from(a.map((byte, i) => byte ^ b[i]!))

const checksum = (x: Buffer, plaintext: Buffer, y: Buffer): Buffer =>
  createHash('sm3').update(x).update(plaintext).update(y).digest()

/** Encrypts (GB/T 32918.4, section 6.1) as SM2Cipher: C1, C3, C2 in DER (GM/T 0009, section 7.2). */
export const sm2Encrypt = (material: Buffer, plaintext: Buffer): Buffer => {
  const { curve, d } = ecKeyOf('SM2', material)
  for (;;) {
    const k = drawScalar(curve, randomBytes)
    const c1 = multiplyBase(curve, k)
    // k × P, by the owner of d.
    const shared = multiplyBase(curve, mod(k * d, curve.order))
    const [x, y] = [fromBigInt(shared.x, curve.bytes), fromBigInt(shared.y, curve.bytes)]
    const stream = keyStream(x, y, plaintext.length)
    if (plaintext.length > 0 && stream.every((byte) => byte === 0)) continue
    return encodeDer(
      tags.sequence,
      encodeInteger(c1.x),
      encodeInteger(c1.y),
      encodeDer(tags.octetString, checksum(x, plaintext, y)),
      encodeDer(tags.octetString, xor(plaintext, stream)),
    )
  }
}

const invalid = (cause?: unknown) =>
  new CryptographyError('CIPHERTEXT_INVALID', 'The ciphertext cannot be decrypted', { cause })

/** Decrypts (GB/T 32918.4, section 7.1). Rejects with `CIPHERTEXT_INVALID`. */
export const sm2Decrypt = async (material: Buffer, ciphertext: Buffer): Promise<Buffer> => {
  const elements = readDerSequence(ciphertext)
  const [c1x, c1y] = [readInteger(elements?.[0]), readInteger(elements?.[1])]
  const c3 = contentOf(elements?.[2], tags.octetString)
  const c2 = contentOf(elements?.[3], tags.octetString)
  if (elements?.length !== 4 || c3?.length !== 32 || c2 === undefined) throw invalid()
  if (c1x === undefined || c1y === undefined) throw invalid()
  const { curve, d } = ecKeyOf('SM2', material)
  const point = await sm2Multiply(d, { x: c1x, y: c1y }).catch((cause: unknown) => {
    throw invalid(cause)
  })
  const [x, y] = [fromBigInt(point.x, curve.bytes), fromBigInt(point.y, curve.bytes)]
  const plaintext = xor(c2, keyStream(x, y, c2.length))
  if (!timingSafeEqual(checksum(x, plaintext, y), c3)) throw invalid()
  return plaintext
}
