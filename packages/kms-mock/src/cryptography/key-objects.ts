import { createPrivateKey, createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

interface KeyObjects {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

const parsed = new WeakMap<Buffer, KeyObjects>()

/** Node's own view of PKCS#8 material; parsed once for each Buffer, since parsing costs more than signing. */
export const keyObjectsOf = (material: Buffer): KeyObjects => {
  const known = parsed.get(material)
  if (known !== undefined) return known
  const privateKey = createPrivateKey({ key: material, format: 'der', type: 'pkcs8' })
  const objects = { privateKey, publicKey: createPublicKey(privateKey) }
  parsed.set(material, objects)
  return objects
}

/** Reads PKCS#8 as OpenSSL does, BER included, and writes it as DER; undefined for anything else, or more. */
export const normalisedPkcs8 = (bytes: Buffer): { key: KeyObject; pkcs8: Buffer } | undefined => {
  try {
    const key = createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' })
    // OpenSSL reads past nothing: what follows the key is dropped without a word.
    if (bytes.length !== outerLength(bytes)) return undefined
    return { key, pkcs8: key.export({ format: 'der', type: 'pkcs8' }) }
  } catch {
    return undefined
  }
}

/** How many bytes the first element says that it has; all of them where the length is indefinite. */
const outerLength = (bytes: Buffer): number => {
  const first = bytes[1] ?? 0
  if (first < 0x80) return 2 + first
  const digits = first & 0x7f
  if (digits === 0 || digits > 6 || 2 + digits > bytes.length) return bytes.length
  return 2 + digits + bytes.readUIntBE(2, digits)
}
