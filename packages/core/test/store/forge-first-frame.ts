import { createCipheriv } from 'node:crypto'
import { inspectHeader } from '@sealring/core/envelope'
import { referenceEncryptionKey, referenceSuite } from '../envelope/reference-suites.js'

const ivLength = 12

/**
 * A message with other content in its first frame, as somebody who holds the data key can make it: the frame is authentic,
 * only signature and digest no longer fit.
 */
export function forgeFirstFrame(message: Uint8Array, dataKey: Uint8Array): Uint8Array {
  const { headerLength, frameLength, messageId, suite } = inspectHeader(message)
  const id = Buffer.from(messageId, 'hex')
  const forged = Buffer.from(message)
  const ivStart = headerLength + 4
  const contentStart = ivStart + ivLength
  const contentEnd = contentStart + frameLength
  const lengths = Buffer.alloc(12)
  lengths.writeUInt32BE(1, 0)
  lengths.writeUInt32BE(frameLength, 8)
  const key = referenceEncryptionKey(referenceSuite(suite.id), dataKey, id)
  const cipher = createCipheriv('aes-256-gcm', key, forged.subarray(ivStart, contentStart))
  // data-format/message-body-aad.md
  cipher.setAAD(Buffer.concat([id, Buffer.from('AWSKMSEncryptionClient Frame'), lengths]))
  forged.set(cipher.update(Buffer.alloc(frameLength, 'forged ')), contentStart)
  cipher.final()
  forged.set(cipher.getAuthTag(), contentEnd)
  return forged
}
