import { EnvelopeError } from '../errors.js'
import { commitKeyLength, tagLength } from './algorithm-suites.js'
import { asBuffer } from './byte-reader.js'
import { contentTypes, messageIdLength, messageIdOffset } from './header.js'
import type { DataKeyEntry, HeaderFields } from './header.js'
import type { Limits } from './limits.js'

const prefixLength = messageIdOffset + messageIdLength
/** Content type, frame length, commit key. */
const suffixLength = 1 + 4 + commitKeyLength

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
