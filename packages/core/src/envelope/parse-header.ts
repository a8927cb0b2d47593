import { isUtf8 } from 'node:buffer'
import { EnvelopeError } from '../errors.js'
import { algorithmSuites, commitKeyLength, tagLength, type AlgorithmSuite } from './algorithm-suites.js'
import { byteReader, readBytes, readField, readUint16, readUint32, readUint8 } from './byte-reader.js'
import type { ByteReader } from './byte-reader.js'
import { parseContext, type EncryptionContext } from './encryption-context.js'
import { checkDataKeyCount, contentTypes, messageIdLength, messageIdOffset } from './header.js'
import type { DataKeyEntry, ParsedHeader } from './header.js'
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
    messageId: body.subarray(messageIdOffset, messageIdOffset + messageIdLength),
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
