import {
  constants,
  createHash,
  privateEncrypt,
  publicDecrypt,
  randomBytes,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import { digestBytes } from './hashes.js'
import type { Hash } from './hashes.js'
import { keyObjectsOf } from './key-objects.js'
import { maxRawBytes } from './signature-scheme.js'
import type { SignatureInput, SignatureScheme } from './signature-scheme.js'

const { RSA_NO_PADDING, RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_DIGEST } = constants

const modulusBytes = (material: Buffer): number =>
  (keyObjectsOf(material).publicKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8

/** What differs between the two paddings. */
interface RsaPadding {
  readonly options: { readonly padding: number; readonly saltLength?: number }
  /** The padded block of a digest. */
  readonly encode: (digest: Buffer, length: number) => Buffer
  /** Whether a block is one of the digest. */
  readonly matches: (block: Buffer, digest: Buffer) => boolean
}

const scheme = (hash: Hash, { options, encode, matches }: RsaPadding): SignatureScheme => ({
  messages: { RAW: maxRawBytes, DIGEST: digestBytes[hash] },
  sign: ({ material, message, messageType }) => {
    const { privateKey } = keyObjectsOf(material)
    if (messageType === 'RAW') return sign(hash, message, { key: privateKey, ...options })
    // node:crypto hashes whatever it signs, so a digest is padded here and passed through the bare permutation.
    const block = encode(message, modulusBytes(material))
    return privateEncrypt({ key: privateKey, padding: RSA_NO_PADDING }, block)
  },
  verify: ({ material, message, messageType }: SignatureInput, signature) => {
    const { publicKey } = keyObjectsOf(material)
    // RFC 8017, sections 8.1.2 and 8.2.2: exactly as long as the modulus.
    if (signature.length !== modulusBytes(material)) return false
    if (messageType === 'RAW') return verify(hash, message, { key: publicKey, ...options }, signature)
    try {
      return matches(publicDecrypt({ key: publicKey, padding: RSA_NO_PADDING }, signature), message)
    } catch {
      // A number that is not below the modulus.
      return false
    }
  },
})

/** DigestInfo up to the digest (RFC 8017, section 9.2, note 1). */
const digestInfo: Readonly<Record<Hash, string>> = {
  sha256: '3031300d060960864801650304020105000420',
  sha384: '3041300d060960864801650304020205000430',
  sha512: '3051300d060960864801650304020305000440',
}

/** RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2). */
export const rsaPkcs1 = (hash: Hash): SignatureScheme => {
  const prefix = Buffer.from(digestInfo[hash], 'hex')
  const encode = (digest: Buffer, length: number): Buffer => {
    const block = Buffer.alloc(length, 0xff)
    block.set([0, 1])
    block.set([0, ...prefix, ...digest], length - digest.length - prefix.length - 1)
    return block
  }
  return scheme(hash, {
    options: { padding: RSA_PKCS1_PADDING },
    encode,
    matches: (block, digest) => timingSafeEqual(block, encode(digest, block.length)),
  })
}

/** MGF1 (RFC 8017, section B.2.1), applied to `data`: the same call masks and unmasks. */
const mask = (hash: Hash, seed: Buffer, data: Buffer): Buffer => {
  const masked = Buffer.from(data)
  for (let counter = 0; counter * digestBytes[hash] < data.length; counter++) {
    const index = Buffer.alloc(4)
    index.writeUInt32BE(counter)
    const stream = createHash(hash).update(seed).update(index).digest()
    const start = counter * stream.length
    for (let i = start; i < Math.min(start + stream.length, data.length); i++)
      masked[i]! ^= stream[i - start]!
  }
  // The modulus has one bit more than the encoded message (section 9.1.1, step 11).
  masked[0]! &= 0x7f
  return masked
}

/** RSASSA-PSS, the salt as long as the digest, MGF1 with the same hash (RFC 8017, sections 8.1 and 9.1). */
export const rsaPss = (hash: Hash): SignatureScheme => {
  const size = digestBytes[hash]
  const hashSalted = (digest: Buffer, salt: Buffer): Buffer =>
    createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest()
  return scheme(hash, {
    options: { padding: RSA_PKCS1_PSS_PADDING, saltLength: RSA_PSS_SALTLEN_DIGEST },
    encode: (digest, length) => {
      const salt = randomBytes(size)
      const salted = hashSalted(digest, salt)
      const data = Buffer.concat([Buffer.alloc(length - 2 * size - 2), Buffer.of(1), salt])
      return Buffer.concat([mask(hash, salted, data), salted, Buffer.of(0xbc)])
    },
    matches: (block, digest) => {
      if (block.at(-1) !== 0xbc || block[0]! >= 0x80) return false
      const salted = block.subarray(-1 - size, -1)
      const data = mask(hash, salted, block.subarray(0, -1 - size))
      const [padding, salt] = [data.subarray(0, -size), data.subarray(-size)]
      if (padding.at(-1) !== 1 || padding.subarray(0, -1).some((byte) => byte !== 0)) return false
      return timingSafeEqual(salted, hashSalted(digest, salt))
    },
  })
}
