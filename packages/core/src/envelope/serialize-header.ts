import { EnvelopeError } from '../errors.js'
import { tagLength } from '../materials/algorithm-suites.js'
import { asBuffer } from '../materials/byte-reader.js'
import type { DataKeyEntry } from '../materials/data-key-entry.js'
import { contentTypes, headerLayouts, messageType } from './header.js'
import type { HeaderFields } from './header.js'
import type { Limits } from './limits.js'

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

/** The header body (data-format/message-header.md#header-body); its authentication is the caller's to add. */
export function serializeHeaderBody(header: HeaderFields, limits: Limits): Buffer {
  const { suite, serializedContext } = header
  if (header.dataKeys.length > 0xffff) {
    throw new EnvelopeError('MESSAGE_TOO_LARGE', 'The format holds 65,535 encrypted data keys')
  }
  if (serializedContext.byteLength > limits.maxContextLength) {
    throw new EnvelopeError('MESSAGE_TOO_LARGE', 'The encryption context exceeds maxContextLength')
  }
  const layout = headerLayouts[suite.messageFormat]
  const keys = header.dataKeys.map(serializableKey)
  const keysLength = keys.reduce((sum, key) => sum + key.length, 0)
  const length =
    layout.messageIdOffset +
    layout.messageIdLength +
    (2 + serializedContext.byteLength) +
    (2 + keysLength) +
    (1 + layout.middle.length + 4) +
    header.commitKey.byteLength
  if (length + layout.storedIvLength + tagLength > limits.maxHeaderLength) {
    throw new EnvelopeError('MESSAGE_TOO_LARGE', 'The header would exceed maxHeaderLength')
  }
  const body = Buffer.allocUnsafe(length)
  let offset = body.writeUInt8(suite.messageFormat, 0)
  if (suite.messageFormat === 1) offset = body.writeUInt8(messageType, offset)
  offset = body.writeUInt16BE(suite.id, offset)
  body.set(header.messageId, offset)
  offset = writeField(body, serializedContext, offset + layout.messageIdLength)
  offset = body.writeUInt16BE(keys.length, offset)
  for (const key of keys) for (const field of key.fields) offset = writeField(body, field, offset)
  offset = body.writeUInt8(contentTypes[header.contentType], offset)
  body.set(layout.middle, offset)
  offset = body.writeUInt32BE(header.frameLength, offset + layout.middle.length)
  body.set(header.commitKey, offset)
  return body
}
