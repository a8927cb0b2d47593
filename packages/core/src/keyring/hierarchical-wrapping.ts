import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto'
import type { BranchKey } from './branch-key.js'
import { counterKdf } from './counter-kdf.js'

/** framework/aws-kms/aws-kms-hierarchical-keyring.md#onencrypt */
export const hierarchicalProviderId = 'aws-kms-hierarchy'

const label = Buffer.from(hierarchicalProviderId)
const cipherName = 'aes-256-gcm'

// framework/aws-kms/aws-kms-hierarchical-keyring.md#ciphertext: salt, IV, version, wrapped key, tag.
const saltLength = 16
const ivEnd = saltLength + 12
const versionEnd = ivEnd + 16
const tagLength = 16

/** Bits of the derived key, which the KDF's fixed input ends with. */
const derivedBits = Buffer.of(0, 0, 1, 0)

/** #branch-key-wrapping. To be zeroed. */
function derivedKey(branchKey: Uint8Array, salt: Uint8Array): Buffer {
  return counterKdf(branchKey, Buffer.concat([label, Buffer.of(0), salt, derivedBits]))
}

/** #branch-key-wrapping-and-unwrapping-aad */
function authenticated(branchKeyId: string, version: Uint8Array, serializedContext: Uint8Array): Buffer {
  return Buffer.concat([label, Buffer.from(branchKeyId), version, serializedContext])
}

/** The ciphertext of an encrypted data key. */
export function wrapUnder(
  { branchKeyId, version, key }: BranchKey,
  dataKey: Uint8Array,
  serializedContext: Uint8Array,
): Uint8Array {
  const ciphertext = new Uint8Array(versionEnd + dataKey.byteLength + tagLength)
  const salt = ciphertext.subarray(0, saltLength)
  const iv = ciphertext.subarray(saltLength, ivEnd)
  randomFillSync(ciphertext, 0, ivEnd)
  const versionBytes = Buffer.from(version.replaceAll('-', ''), 'hex')
  ciphertext.set(versionBytes, ivEnd)
  const derived = derivedKey(key, salt)
  try {
    const cipher = createCipheriv(cipherName, derived, iv)
    cipher.setAAD(authenticated(branchKeyId, versionBytes, serializedContext))
    ciphertext.set(cipher.update(dataKey), versionEnd)
    cipher.final()
    ciphertext.set(cipher.getAuthTag(), versionEnd + dataKey.byteLength)
    return ciphertext
  } finally {
    derived.fill(0)
  }
}

/** The version that a ciphertext names. Throws when it isn't one of a data key of `keyLength` bytes. */
export function versionOf(ciphertext: Uint8Array, keyLength: number): string {
  if (ciphertext.byteLength !== versionEnd + keyLength + tagLength) {
    throw new Error('The wrapped data key has not the length that the algorithm suite needs')
  }
  const hex = Buffer.from(ciphertext.subarray(ivEnd, versionEnd)).toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/**
 * The data key of a ciphertext of which `versionOf` gave the version of this branch key; each of `serializations` of
 * the context is tried. Throws what node:crypto throws when the tag fits none.
 */
export function unwrapUnder(
  { branchKeyId, key }: BranchKey,
  ciphertext: Uint8Array,
  serializations: Iterable<Uint8Array>,
): Uint8Array {
  const tagStart = ciphertext.byteLength - tagLength
  const derived = derivedKey(key, ciphertext.subarray(0, saltLength))
  let failure: unknown = new Error('There is no encryption context')
  try {
    for (const serialized of serializations) {
      const decipher = createDecipheriv(cipherName, derived, ciphertext.subarray(saltLength, ivEnd))
      decipher.setAAD(authenticated(branchKeyId, ciphertext.subarray(ivEnd, versionEnd), serialized))
      decipher.setAuthTag(ciphertext.subarray(tagStart))
      const dataKey = decipher.update(ciphertext.subarray(versionEnd, tagStart))
      try {
        decipher.final()
        return dataKey
      } catch (error) {
        dataKey.fill(0)
        failure = error
      }
    }
  } finally {
    derived.fill(0)
  }
  throw failure
}
