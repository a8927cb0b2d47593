import { createPublicKey, createVerify, timingSafeEqual, type KeyObject } from 'node:crypto'
import { readReferenceBody, referenceOpen } from './reference-body.js'
import { serializeReferenceContext, type ReferenceContext } from './reference-context.js'
import { readReferenceHeader, type ReferenceDataKeyEntry, type ReferenceHeader } from './reference-header.js'
import { field, insist, type ReferenceReader } from './reference-reader.js'
import { referenceCommitKey, referenceEncryptionKey, type ReferenceSuite } from './reference-suites.js'

/** A wrapping key of a raw AES keyring, as the reference decoder knows it. */
export interface ReferenceKey {
  readonly namespace: string
  readonly name: string
  readonly key: Uint8Array
}

/** What opens a message: wrapping keys, or the data key itself. */
export type ReferenceSecret = readonly ReferenceKey[] | { readonly dataKey: Uint8Array }

export interface ReferenceMessage {
  readonly plaintext: Buffer
  readonly format: 1 | 2
  readonly suiteId: number
  readonly messageId: Uint8Array
  /** As it stands in the header. */
  readonly context: ReferenceContext
  readonly dataKeys: readonly ReferenceDataKeyEntry[]
  readonly contentType: 'framed' | 'unframed'
  readonly frameLength: number
  /** 1 for unframed content. */
  readonly frames: number
}

// framework/cmm-interface.md#decrypt-materials: both must agree; what the header lacks is only authenticated.
function pairsBesideHeader(context: ReferenceContext, reproduced: Record<string, string>): ReferenceContext {
  const beside = new Map<string, string>()
  for (const [key, value] of Object.entries(reproduced)) {
    const stored = context.get(key)
    insist(stored === undefined || stored === value, 'reproduced context')
    if (stored !== undefined) continue
    // No writer takes such a key from its caller (client-apis/encrypt.md#encryption-context).
    insist(!key.startsWith('aws-crypto-'), 'reserved context key')
    beside.set(key, value)
  }
  return beside
}

// framework/raw-aes-keyring.md#ondecrypt
function unwrap(
  { namespace, name, key }: ReferenceKey,
  entry: ReferenceDataKeyEntry,
  context: Buffer,
): Buffer {
  insist(entry.providerId === namespace, 'key namespace')
  insist(Buffer.from(name).equals(entry.info.slice(0, -20)), 'key name')
  const suffix = entry.info.slice(-20)
  insist(Buffer.from(suffix.slice(0, 8)).toString('hex') === '000000800000000c', 'tag and IV length')
  const { ciphertext } = entry
  return referenceOpen(key, suffix.slice(8), context, ciphertext.slice(0, -16), ciphertext.slice(-16))
}

function findDataKey(header: ReferenceHeader, secret: ReferenceSecret, context: Buffer): Uint8Array {
  if ('dataKey' in secret) return secret.dataKey
  for (const key of secret) {
    for (const entry of header.dataKeys) {
      try {
        const dataKey = unwrap(key, entry, context)
        // Of another length it can't be added to the materials (framework/structures.md#plaintext-data-key-1).
        insist(dataKey.length === header.suite.keyLength, 'data key length')
        return dataKey
      } catch {
        // It is another key's.
      }
    }
  }
  throw new Error('no data key opens')
}

// SubjectPublicKeyInfo in DER (RFC 5480) up to the compressed point.
const keyPrefixes = {
  'P-256': '3039301306072a8648ce3d020106082a8648ce3d030107032200',
  'P-384': '3046301006072a8648ce3d020106052b81040022033200',
}
const pointLengths = { 'P-256': 33, 'P-384': 49 }

function publicKeyOf(encoded: string, { curve }: NonNullable<ReferenceSuite['signature']>): KeyObject {
  const point = Buffer.from(encoded, 'base64')
  insist(point.toString('base64') === encoded, 'public key encoding')
  insist(point.length === pointLengths[curve], 'public key length')
  insist(point[0] === 2 || point[0] === 3, 'public key form')
  const key = Buffer.concat([Buffer.from(keyPrefixes[curve], 'hex'), point])
  return createPublicKey({ key, format: 'der', type: 'spki' })
}

// data-format/message-footer.md; framework/default-cmm.md#decrypt-materials: a public key if, and only if, it signs.
function checkSignature(reader: ReferenceReader, { suite, context }: ReferenceHeader): void {
  const encoded = context.get('aws-crypto-public-key')
  if (suite.signature === undefined) {
    insist(encoded === undefined, 'public key of an unsigned message')
    return
  }
  insist(encoded !== undefined, 'no public key')
  const verifier = createVerify(suite.signature.hash).update(reader.message.slice(0, reader.position))
  const signature = field(reader)
  insist(verifier.verify(publicKeyOf(encoded, suite.signature), signature), 'signature')
}

/**
 * Reads a message as the specification words it, one field after the other, slowly: no code in common with the
 * engine. `reproduced` is the context that the caller says again (client-apis/decrypt.md#input). Throws on whatever is
 * not exactly right.
 */
export function referenceDecode(
  message: Uint8Array,
  secret: ReferenceSecret,
  reproduced: Record<string, string> = {},
): ReferenceMessage {
  const reader: ReferenceReader = { message, position: 0 }
  const header = readReferenceHeader(reader)
  const { suite, messageId, context, dataKeys, contentType, frameLength } = header

  const beside = pairsBesideHeader(context, reproduced)
  const fullContext = serializeReferenceContext(new Map([...context, ...beside]))
  const dataKey = findDataKey(header, secret, fullContext)
  if (suite.format === 2) {
    insist(timingSafeEqual(referenceCommitKey(dataKey, messageId), header.commitKey), 'commitment')
  }
  const key = referenceEncryptionKey(suite, dataKey, messageId)

  // client-apis/decrypt.md#verify-the-header
  const authenticated = Buffer.concat([header.body, serializeReferenceContext(beside)])
  referenceOpen(key, header.iv, authenticated, new Uint8Array(0), header.tag)
  const pieces = readReferenceBody(reader, header, key)
  checkSignature(reader, header)
  insist(reader.position === message.length, 'trailing bytes')
  return {
    plaintext: Buffer.concat(pieces),
    format: suite.format,
    suiteId: suite.id,
    messageId,
    context,
    dataKeys,
    contentType,
    frameLength,
    frames: pieces.length,
  }
}
