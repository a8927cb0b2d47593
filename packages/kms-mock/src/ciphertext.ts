import { createCipheriv, createDecipheriv, createHmac, hash } from 'node:crypto'
import { asBuffer } from './bytes.js'
import { encodeEncryptionContext } from './encryption-context.js'
import type { EncryptionContext } from './encryption-context.js'
import { fillRandomly } from './random-pool.js'
import type { UsableMaterial } from './state/key.js'

/*
 * A ciphertext blob, opaque to callers:
 *   format (1) | key identity (32) | key material id (32) | checksum (4) | iv (12) | tag (16) | encrypted bytes
 * The checksum tells a damaged blob (InvalidCiphertextException) from an intact one whose key isn't
 * here (AccessDeniedException). It is no protection: everything before the iv is authenticated,
 * together with the encryption context, by AES-256-GCM under the backing key.
 */
const format = 1
const identityLength = 32
const materialIdLength = 32
const checksumLength = 4
const ivLength = 12
const tagLength = 16
const checksumAt = 1 + identityLength + materialIdLength
const ivAt = checksumAt + checksumLength
const tagAt = ivAt + ivLength
const overhead = tagAt + tagLength

/** What a blob says about itself, not yet authenticated. */
export interface CiphertextHeader {
  /** Hexadecimal identity of the KMS key, see `keyIdentity`. */
  identity: string
  /** Hexadecimal id of the key material: the backing key's version. */
  materialId: string
}

/** Hexadecimal: a Buffer more costs as much as the hash. */
const checksum = (header: Uint8Array): string => hash('sha256', header).slice(0, 2 * checksumLength)

interface Header {
  readonly identity: string
  readonly bytes: Buffer
}
/** Each material's last header: it is always the same, but for material that several keys have. */
const headers = new WeakMap<object, Header>()

const headerOf = (identity: string, material: { readonly id: string }): Buffer => {
  const known = headers.get(material)
  if (known?.identity === identity) return known.bytes
  const fields = Buffer.concat([
    Buffer.of(format),
    Buffer.from(identity, 'hex'),
    Buffer.from(material.id, 'hex'),
  ])
  const bytes = Buffer.concat([fields, Buffer.from(checksum(fields), 'hex')])
  headers.set(material, { identity, bytes })
  return bytes
}

/** An iv that follows from all that is encrypted: none comes twice but with the same ciphertext. */
const syntheticIv = (ivKey: Buffer, material: UsableMaterial, aad: Buffer, plaintext: Uint8Array): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(aad.length)
  const mac = createHmac('sha256', ivKey).update(material.bytes).update(length).update(aad).update(plaintext)
  return mac.digest().subarray(0, ivLength)
}

/** Encrypts under a key's material. The iv is random, or with `ivKey` synthetic: a repeated one would be fatal. */
export const sealCiphertext = (
  identity: string,
  material: UsableMaterial,
  plaintext: Uint8Array,
  context: EncryptionContext | undefined,
  ivKey?: Buffer,
): Buffer => {
  const header = headerOf(identity, material)
  const aad = encodeEncryptionContext(context, header)
  const blob = Buffer.allocUnsafe(overhead + plaintext.length)
  blob.set(header)
  if (ivKey === undefined) fillRandomly(blob, ivAt, ivLength)
  else blob.set(syntheticIv(ivKey, material, aad, plaintext), ivAt)
  const cipher = createCipheriv('aes-256-gcm', material.bytes, blob.subarray(ivAt, tagAt))
  cipher.setAAD(aad)
  blob.set(cipher.update(plaintext), overhead)
  cipher.final()
  blob.set(cipher.getAuthTag(), tagAt)
  return blob
}

/** Reads the header of a blob; `undefined` if it is not an intact one of ours. */
export const readCiphertextHeader = (blob: Uint8Array): CiphertextHeader | undefined => {
  if (blob.length <= overhead || blob[0] !== format) return undefined
  const bytes = asBuffer(blob)
  if (checksum(bytes.subarray(0, checksumAt)) !== bytes.toString('hex', checksumAt, ivAt)) return undefined
  return {
    identity: bytes.toString('hex', 1, 1 + identityLength),
    materialId: bytes.toString('hex', 1 + identityLength, checksumAt),
  }
}

/** Opens a blob whose header was read; `undefined` if it doesn't authenticate under this material and context. */
export const openCiphertext = (
  { bytes }: UsableMaterial,
  blob: Uint8Array,
  context: EncryptionContext | undefined,
): Buffer | undefined => {
  const decipher = createDecipheriv('aes-256-gcm', bytes, blob.subarray(ivAt, tagAt), {
    authTagLength: tagLength,
  })
  decipher.setAuthTag(blob.subarray(tagAt, overhead))
  decipher.setAAD(encodeEncryptionContext(context, blob.subarray(0, ivAt)))
  const plaintext = decipher.update(blob.subarray(overhead))
  try {
    decipher.final()
    return plaintext
  } catch {
    // The only failure of final() in GCM is the tag; the caller turns it into InvalidCiphertextException.
    plaintext.fill(0)
    return undefined
  }
}
