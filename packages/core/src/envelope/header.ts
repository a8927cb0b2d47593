import { isUtf8 } from 'node:buffer'
import { EnvelopeError } from '../errors.js'
import { algorithmSuites, commitKeyLength, tagLength, type AlgorithmSuite } from './algorithm-suites.js'
import {
  asBuffer,
  byteReader,
  readBytes,
  readField,
  readUint16,
  readUint32,
  readUint8,
} from './byte-reader.js'
import type { ByteReader } from './byte-reader.js'
import { parseContext, type EncryptionContext } from './encryption-context.js'
import type { Limits } from './limits.js'

/** data-format/message-header.md#supported-content-types */
export const contentTypes = { unframed: 1, framed: 2 } as const
export type ContentType = keyof typeof contentTypes

/** One entry of data-format/message-header.md#encrypted-data-key-entries. */
export interface DataKeyEntry {
  readonly providerId: string
  readonly providerInfo: Uint8Array
  readonly ciphertext: Uint8Array
}

export interface ParsedHeader {
  readonly suite: AlgorithmSuite
  readonly messageId: Buffer
  readonly encryptionContext: EncryptionContext
  readonly dataKeys: readonly DataKeyEntry[]
  readonly contentType: ContentType
  readonly frameLength: number
  readonly commitKey: Buffer
  /** The header body as it stood in the message: what the tag authenticates. A copy, as `tag` is. */
  readonly body: Buffer
  readonly tag: Buffer
  /** Bytes of body and tag together. */
  readonly length: number
}

export interface ParseHeaderOptions extends Limits {
  readonly acceptUnsortedContext: boolean
}

const messageIdOffset = 3
const messageIdLength = 32
/** Version, suite, message id. */
const prefixLength = messageIdOffset + messageIdLength
/** Content type, frame length, commit key. */
const suffixLength = 1 + 4 + commitKeyLength
// The base64 of any message begins with these characters (client-apis/decrypt.md#encrypted-message-format).
const base64Starts = ['AY', 'Ag']

function unsupported(message: string): EnvelopeError {
  return new EnvelopeError('MESSAGE_UNSUPPORTED', message)
}

function readSuite(reader: ByteReader): AlgorithmSuite {
  const start = reader.bytes.toString('latin1', 0, Math.min(2, reader.end))
  if (base64Starts.includes(start)) {
    throw unsupported('This looks like the base64 text of a message: decode it first')
  }
  const version = readUint8(reader, 'the version')
  if (version === 1) throw unsupported('Message format 1 is not supported yet')
  if (version !== 2) throw unsupported('This is no message of the AWS Encryption SDK')
  const id = readUint16(reader, 'the algorithm suite')
  const suite = algorithmSuites.get(id)
  if (suite?.messageFormat !== version) {
    throw unsupported(`Message format 2 has no algorithm suite 0x${id.toString(16).padStart(4, '0')}`)
  }
  return suite
}

function readContext(reader: ByteReader, options: ParseHeaderOptions): EncryptionContext {
  const length = readUint16(reader, 'the encryption context')
  if (length > options.maxContextLength) {
    throw new EnvelopeError(
      'MESSAGE_TOO_LARGE',
      `The encryption context has ${length} bytes; maxContextLength is ${options.maxContextLength}`,
    )
  }
  const serialized = readBytes(reader, length, 'the encryption context')
  return parseContext(serialized, { unsorted: options.acceptUnsortedContext })
}

function readDataKeys(reader: ByteReader, maximum: number | false): DataKeyEntry[] {
  const count = readUint16(reader, 'the encrypted data keys')
  if (count === 0) throw new EnvelopeError('MESSAGE_NOT_CANONICAL', 'The message has no encrypted data key')
  // Before a single one is read (client-apis/decrypt.md#parse-the-header).
  checkDataKeyCount(count, maximum)
  const entries: DataKeyEntry[] = []
  for (let n = 0; n < count; n += 1) {
    const providerId = readField(reader, 'an encrypted data key')
    if (!isUtf8(providerId)) {
      throw new EnvelopeError('MESSAGE_NOT_CANONICAL', 'A key provider id is not UTF-8')
    }
    entries.push({
      providerId: providerId.toString('utf8'),
      providerInfo: readField(reader, 'an encrypted data key'),
      ciphertext: readField(reader, 'an encrypted data key'),
    })
  }
  return entries
}

/** Throws MESSAGE_TOO_LARGE (client-apis/client.md#maximum-number-of-encrypted-data-keys). */
export function checkDataKeyCount(count: number, maximum: number | false): void {
  if (maximum !== false && count > maximum) {
    throw new EnvelopeError(
      'MESSAGE_TOO_LARGE',
      `The message has ${count} encrypted data keys; maxEncryptedDataKeys is ${maximum}`,
    )
  }
}

/**
 * Parses the header at the start of `message` (data-format/message-header.md#header-body-version-20). Nothing in it
 * is authentic yet. Throws MESSAGE_TRUNCATED, MESSAGE_TOO_LARGE, MESSAGE_NOT_CANONICAL, MESSAGE_UNSUPPORTED.
 */
export function parseHeader(message: Uint8Array, options: ParseHeaderOptions): ParsedHeader {
  const reader = byteReader(message, options.maxHeaderLength)
  const suite = readSuite(reader)
  readBytes(reader, messageIdLength, 'the message id')
  const encryptionContext = readContext(reader, options)
  const dataKeys = readDataKeys(reader, options.maxEncryptedDataKeys)
  const type = readUint8(reader, 'the content type')
  const frameLength = readUint32(reader, 'the frame length')
  readBytes(reader, commitKeyLength, 'the commit key')
  const bodyLength = reader.offset
  readBytes(reader, tagLength, 'the header tag')
  if (type === contentTypes.unframed) throw unsupported('Unframed messages are not supported yet')
  if (type !== contentTypes.framed) throw unsupported(`There is no content type ${type}`)
  if (frameLength === 0) {
    throw new EnvelopeError('MESSAGE_NOT_CANONICAL', 'A framed message has the frame length 0')
  }
  // What will be authenticated must be what was parsed, whatever happens to the caller's bytes meanwhile.
  const own = Buffer.from(reader.bytes.subarray(0, reader.offset))
  const body = own.subarray(0, bodyLength)
  return {
    suite,
    messageId: body.subarray(messageIdOffset, prefixLength),
    encryptionContext,
    dataKeys,
    contentType: 'framed',
    frameLength,
    commitKey: body.subarray(bodyLength - commitKeyLength),
    body,
    tag: own.subarray(bodyLength),
    length: own.length,
  }
}

export interface HeaderFields {
  readonly suite: AlgorithmSuite
  readonly messageId: Uint8Array
  /** As `serializeContext` gives it. */
  readonly serializedContext: Uint8Array
  readonly dataKeys: readonly DataKeyEntry[]
  readonly frameLength: number
  readonly commitKey: Uint8Array
}

interface SerializableKey {
  readonly fields: readonly Buffer[]
  readonly length: number
}

function serializableKey(entry: DataKeyEntry): SerializableKey {
  const fields = [Buffer.from(entry.providerId), asBuffer(entry.providerInfo), asBuffer(entry.ciphertext)]
  if (fields.some((field) => field.length > 0xffff)) {
    throw new EnvelopeError('MESSAGE_TOO_LARGE', 'A field of an encrypted data key exceeds 65,535 bytes')
  }
  return { fields, length: fields.reduce((sum, field) => sum + 2 + field.length, 0) }
}

function writeField(target: Buffer, field: Uint8Array, offset: number): number {
  const start = target.writeUInt16BE(field.byteLength, offset)
  target.set(field, start)
  return start + field.byteLength
}

/** The header body (data-format/message-header.md#header-body-version-20); its tag is the caller's to add. */
export function serializeHeaderBody(header: HeaderFields, limits: Limits): Buffer {
  if (header.dataKeys.length > 0xffff) {
    throw new EnvelopeError('MESSAGE_TOO_LARGE', 'The format holds 65,535 encrypted data keys')
  }
  if (header.serializedContext.byteLength > limits.maxContextLength) {
    throw new EnvelopeError('MESSAGE_TOO_LARGE', 'The encryption context exceeds maxContextLength')
  }
  const keys = header.dataKeys.map(serializableKey)
  const keysLength = keys.reduce((sum, key) => sum + key.length, 0)
  const length = prefixLength + 2 + header.serializedContext.byteLength + 2 + keysLength + suffixLength
  if (length + tagLength > limits.maxHeaderLength) {
    throw new EnvelopeError('MESSAGE_TOO_LARGE', 'The header would exceed maxHeaderLength')
  }
  const body = Buffer.allocUnsafe(length)
  let offset = body.writeUInt8(header.suite.messageFormat, 0)
  offset = body.writeUInt16BE(header.suite.id, offset)
  body.set(header.messageId, offset)
  offset = writeField(body, header.serializedContext, offset + messageIdLength)
  offset = body.writeUInt16BE(keys.length, offset)
  for (const key of keys) for (const field of key.fields) offset = writeField(body, field, offset)
  offset = body.writeUInt8(contentTypes.framed, offset)
  offset = body.writeUInt32BE(header.frameLength, offset)
  body.set(header.commitKey, offset)
  return body
}
