import { EnvelopeError } from '../errors.js'
import { tagLength } from '../materials/algorithm-suites.js'
import type { DataKeyEntry } from '../materials/data-key-entry.js'
import { contentTypes, headerLayouts, messageType } from './header.js'
import type { HeaderFields } from './header.js'
import type { Limits } from './limits.js'

function keyLength({ providerId, providerInfo, ciphertext }: DataKeyEntry): number {
  return 6 + Buffer.byteLength(providerId) + providerInfo.byteLength + ciphertext.byteLength
}

function checkField(length: number): void {
  if (length > 0xffff) {
    throw new EnvelopeError('MESSAGE_TOO_LARGE', 'A field of an encrypted data key exceeds 65,535 bytes')
  }
}

function writeField(target: Buffer, field: Uint8Array, offset: number): number {
  checkField(field.byteLength)
  const start = target.writeUInt16BE(field.byteLength, offset)
  target.set(field, start)
  return start + field.byteLength
}

function writeKey(target: Buffer, key: DataKeyEntry, offset: number): number {
  const idLength = Buffer.byteLength(key.providerId)
  checkField(idLength)
  const start = target.writeUInt16BE(idLength, offset)
  target.write(key.providerId, start)
  return writeField(target, key.ciphertext, writeField(target, key.providerInfo, start + idLength))
}

/**
 * The header body (data-format/message-header.md#header-body), and behind it room for its authentication, which is
 * the caller's to fill in.
 */
export function serializeHeader(header: HeaderFields, limits: Limits): { bytes: Buffer; bodyLength: number } {
  const { suite, serializedContext, dataKeys } = header
  if (dataKeys.length > 0xffff) {
    throw new EnvelopeError('MESSAGE_TOO_LARGE', 'The format holds 65,535 encrypted data keys')
  }
  if (serializedContext.byteLength > limits.maxContextLength) {
    throw new EnvelopeError('MESSAGE_TOO_LARGE', 'The encryption context exceeds maxContextLength')
  }
  const layout = headerLayouts[suite.messageFormat]
  let bodyLength = layout.messageIdOffset + layout.messageIdLength + 2 + serializedContext.byteLength
  bodyLength += 2
  for (const key of dataKeys) bodyLength += keyLength(key)
  bodyLength += 1 + layout.middle.length + 4 + header.commitKey.byteLength
  const length = bodyLength + layout.storedIvLength + tagLength
  if (length > limits.maxHeaderLength) {
    throw new EnvelopeError('MESSAGE_TOO_LARGE', 'The header would exceed maxHeaderLength')
  }
  const bytes = Buffer.allocUnsafe(length)
  let offset = bytes.writeUInt8(suite.messageFormat, 0)
  if (suite.messageFormat === 1) offset = bytes.writeUInt8(messageType, offset)
  offset = bytes.writeUInt16BE(suite.id, offset)
  bytes.set(header.messageId, offset)
  offset = writeField(bytes, serializedContext, offset + layout.messageIdLength)
  offset = bytes.writeUInt16BE(dataKeys.length, offset)
  for (const key of dataKeys) offset = writeKey(bytes, key, offset)
  offset = bytes.writeUInt8(contentTypes[header.contentType], offset)
  bytes.set(layout.middle, offset)
  offset = bytes.writeUInt32BE(header.frameLength, offset + layout.middle.length)
  bytes.set(header.commitKey, offset)
  return { bytes, bodyLength }
}
