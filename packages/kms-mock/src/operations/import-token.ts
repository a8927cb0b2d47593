import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { WrappingAlgorithm, WrappingKeySpec } from '../cryptography/import-wrapping.js'

/*
 * An import token: iv (12) | tag (16) | AES-256-GCM of JSON, under a secret of the state. It carries the private wrapping
 * key, so that no state grows with the tokens given out, and each stays good as long as it says.
 */
const ivLength = 12
const tagLength = 16
const overhead = ivLength + tagLength

/** What an import token says. */
export interface ImportToken {
  /** The key that it is for. */
  readonly keyArn: string
  readonly wrappingKeySpec: WrappingKeySpec
  readonly algorithm: WrappingAlgorithm
  /** Milliseconds since the epoch. */
  readonly validTo: number
  /** The private wrapping key. */
  readonly wrappingKey: Buffer
}

/** Makes a token that says nothing without the secret. */
export const sealImportToken = ({ wrappingKey, ...token }: ImportToken, secret: Buffer): Buffer => {
  const iv = randomBytes(ivLength)
  const cipher = createCipheriv('aes-256-gcm', secret, iv)
  const plaintext = Buffer.from(JSON.stringify({ ...token, wrappingKey: wrappingKey.toString('base64') }))
  const sealed = cipher.update(plaintext)
  cipher.final()
  plaintext.fill(0)
  return Buffer.concat([iv, cipher.getAuthTag(), sealed])
}

/** Opens a token; `undefined` if it isn't one that was made with this secret. The caller owns its wrapping key. */
export const openImportToken = (token: Uint8Array, secret: Buffer): ImportToken | undefined => {
  if (token.length <= overhead) return undefined
  const decipher = createDecipheriv('aes-256-gcm', secret, token.subarray(0, ivLength), {
    authTagLength: tagLength,
  })
  decipher.setAuthTag(token.subarray(ivLength, overhead))
  const plaintext = decipher.update(token.subarray(overhead))
  try {
    decipher.final()
  } catch {
    // The only failure of final() in GCM is the tag; the caller turns it into InvalidImportTokenException.
    return undefined
  }
  // What authenticates was made by sealImportToken.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const fields = JSON.parse(plaintext.toString()) as Omit<ImportToken, 'wrappingKey'> & {
    wrappingKey: string
  }
  plaintext.fill(0)
  return { ...fields, wrappingKey: Buffer.from(fields.wrappingKey, 'base64') }
}
