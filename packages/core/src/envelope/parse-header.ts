import { isUtf8 } from 'node:buffer'
import { EnvelopeError } from '../errors.js'
import {
  algorithmSuites,
  commitKeyLength,
  ivLength,
  tagLength,
  type AlgorithmSuite,
} from '../materials/algorithm-suites.js'
import {
  byteReader,
  readBytes,
  skipBytes,
  readField,
  readUint16,
  readUint32,
  readUint8,
} from '../materials/byte-reader.js'
import type { ByteReader } from '../materials/byte-reader.js'
import type { DataKeyEntry } from '../materials/data-key-entry.js'
import { parseContext, type EncryptionContext } from '../materials/encryption-context.js'
import { checkDataKeyCount, contentTypes, headerLayouts, messageType } from './header.js'
import type { ContentType, ParsedHeader } from './header.js'
import type { Limits } from './limits.js'

export interface ParseHeaderOptions extends Limits {
  readonly acceptUnsortedContext: boolean
}

// The base64 of any message begins with these characters (client-apis/decrypt.md#encrypted-message-format).
const base64Starts = ['AY', 'Ag']

function unsupported(message: string): EnvelopeError {
  return new EnvelopeError('MESSAGE_UNSUPPORTED', message)
}

function readSuite(reader: ByteReader): AlgorithmSuite {
  const version = readUint8(reader, 'the version')
  if (version !== 1 && version !== 2) {
    const start = reader.bytes.toString('latin1', 0, Math.min(2, reader.end))
    throw unsupported(
      base64Starts.includes(start)
        ? 'This looks like the base64 text of a message: decode it first'
        : 'This is no message of the AWS Encryption SDK',
    )
  }
  if (version === 1) {
    const type = readUint8(reader, 'the type')
    if (type !== messageType) throw unsupported(`There is no message type ${type}`)
  }
  const id = readUint16(reader, 'the algorithm suite')
  const suite = algorithmSuites.get(id)
  if (suite?.messageFormat !== version) {
    throw unsupported(
      `Message format ${version} has no algorithm suite 0x${id.toString(16).padStart(4, '0')}`,
    )
  }
  return suite
}

/** Throws MESSAGE_TOO_LARGE. */
export function checkContextLength(length: number, maximum: number): void {
  if (length > maximum) {
    throw new EnvelopeError(
      'MESSAGE_TOO_LARGE',
      `The encryption context has ${length} bytes; maxContextLength is ${maximum}`,
    )
  }
}

function readContext(reader: ByteReader, options: ParseHeaderOptions): EncryptionContext {
  const length = readUint16(reader, 'the encryption context')
  checkContextLength(length, options.maxContextLength)
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

const contentTypeNames: ReadonlyMap<number, ContentType> = new Map([
  [contentTypes.unframed, 'unframed'],
  [contentTypes.framed, 'framed'],
])

function checkMiddle(bytes: Buffer, start: number, expected: Buffer): void {
  if (expected.length === 0) return
  const middle = bytes.subarray(start, start + expected.length)
  if (middle.equals(expected)) return
  const what =
    middle.readUInt32BE(0) === 0 ? `The IV length is ${middle[4]}` : 'The reserved bytes are not zero'
  throw new EnvelopeError('MESSAGE_NOT_CANONICAL', `${what} in the header`)
}

/** data-format/message-header.md#frame-length */
function checkFrameLength(contentType: ContentType, frameLength: number): void {
  if (contentType === 'framed' && frameLength === 0) {
    throw new EnvelopeError('MESSAGE_NOT_CANONICAL', 'A framed message has the frame length 0')
  }
  if (contentType === 'unframed' && frameLength !== 0) {
    throw new EnvelopeError('MESSAGE_NOT_CANONICAL', 'An unframed message has a frame length')
  }
}

const zeroIv = Buffer.alloc(ivLength)

/**
 * Parses the header at the start of `message` (data-format/message-header.md#structure). Nothing in it is authentic
 * yet. Throws MESSAGE_TRUNCATED, MESSAGE_TOO_LARGE, MESSAGE_NOT_CANONICAL, MESSAGE_UNSUPPORTED.
 */
export function parseHeader(message: Uint8Array, options: ParseHeaderOptions): ParsedHeader {
  const reader = byteReader(message, options.maxHeaderLength)
  const suite = readSuite(reader)
  const { messageIdOffset, messageIdLength, middle, storedIvLength } = headerLayouts[suite.messageFormat]
  skipBytes(reader, messageIdLength, 'the message id')
  const encryptionContext = readContext(reader, options)
  const dataKeys = readDataKeys(reader, options.maxEncryptedDataKeys)
  const type = readUint8(reader, 'the content type')
  const middleStart = skipBytes(reader, middle.length, 'the IV length')
  const frameLength = readUint32(reader, 'the frame length')
  const suiteDataLength = suite.committing ? commitKeyLength : 0
  skipBytes(reader, suiteDataLength, 'the commit key')
  const bodyLength = reader.offset
  skipBytes(reader, storedIvLength + tagLength, 'the header tag')
  const contentType = contentTypeNames.get(type)
  if (contentType === undefined) throw unsupported(`There is no content type ${type}`)
  checkMiddle(reader.bytes, middleStart, middle)
  checkFrameLength(contentType, frameLength)
  // What will be authenticated must be what was parsed, whatever happens to the caller's bytes meanwhile.
  const own = Buffer.from(reader.bytes.subarray(0, reader.offset))
  const inOwn = (view: Uint8Array): Buffer => {
    const start = view.byteOffset - reader.bytes.byteOffset
    return own.subarray(start, start + view.byteLength)
  }
  const body = own.subarray(0, bodyLength)
  return {
    suite,
    messageId: body.subarray(messageIdOffset, messageIdOffset + messageIdLength),
    encryptionContext,
    dataKeys: dataKeys.map((key) => ({
      providerId: key.providerId,
      providerInfo: inOwn(key.providerInfo),
      ciphertext: inOwn(key.ciphertext),
    })),
    contentType,
    frameLength,
    commitKey: body.subarray(bodyLength - suiteDataLength),
    body,
    iv: storedIvLength === 0 ? zeroIv : own.subarray(bodyLength, bodyLength + storedIvLength),
    tag: own.subarray(own.length - tagLength),
    authentication: own.subarray(bodyLength),
    length: own.length,
  }
}
