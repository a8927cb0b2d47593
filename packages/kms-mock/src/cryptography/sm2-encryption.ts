import { createECDH, createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { fromBigInt, mod } from './big-integers.js'
import { CryptographyError } from './cryptography-error.js'
import { drawScalar, multiplyBase, readPoint } from './curves.js'
import { contentOf, encodeDer, encodeInteger, readDerSequence, readInteger, tags } from './der.js'
import { ecKeyOf, uncompressed } from './ec-key.js'

/** p of GB/T 32918.5, section 2. */
const field = 0xfffffffe_ffffffff_ffffffff_ffffffff_ffffffff_00000000_ffffffff_ffffffffn

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

const xor = (a: Buffer, b: Buffer): Buffer => a.map((byte, i) => byte ^ b[i]!) as Buffer

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

const invalid = () => new CryptographyError('CIPHERTEXT_INVALID', 'The ciphertext cannot be decrypted')

/** d × C1, of which OpenSSL tells x alone: both points that have it. Throws off the curve. */
const sharedPoints = (material: Buffer, c1: Buffer): readonly { x: Buffer; y: Buffer }[] => {
  const { curve, scalar } = ecKeyOf('SM2', material)
  const ecdh = createECDH(curve.name)
  ecdh.setPrivateKey(scalar)
  const x = ecdh.computeSecret(c1)
  const point = uncompressed(curve, Buffer.concat([Buffer.of(2), x]))
  if (point === undefined) throw invalid()
  const { y } = readPoint(curve, point)
  return [y, field - y].map((candidate) => ({ x, y: fromBigInt(candidate, curve.bytes) }))
}

/** Decrypts (GB/T 32918.4, section 7.1). Throws `CIPHERTEXT_INVALID`. */
export const sm2Decrypt = (material: Buffer, ciphertext: Buffer): Buffer => {
  const elements = readDerSequence(ciphertext)
  const [c1x, c1y] = [readInteger(elements?.[0]), readInteger(elements?.[1])]
  const c3 = contentOf(elements?.[2], tags.octetString)
  const c2 = contentOf(elements?.[3], tags.octetString)
  if (elements?.length !== 4 || c3?.length !== 32 || c2 === undefined) throw invalid()
  if (c1x === undefined || c1y === undefined || c1x >= field || c1y >= field) throw invalid()
  const c1 = Buffer.concat([Buffer.of(4), fromBigInt(c1x, 32), fromBigInt(c1y, 32)])
  let points
  try {
    points = sharedPoints(material, c1)
  } catch (cause) {
    throw new CryptographyError('CIPHERTEXT_INVALID', 'The ciphertext cannot be decrypted', { cause })
  }
  // y is in the hash, so only the true point can match it.
  for (const { x, y } of points) {
    const stream = keyStream(x, y, c2.length)
    const plaintext = xor(c2, stream)
    if (timingSafeEqual(checksum(x, plaintext, y), c3)) return plaintext
  }
  throw invalid()
}
