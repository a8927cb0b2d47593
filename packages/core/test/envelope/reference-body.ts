import { createDecipheriv } from 'node:crypto'
import type { ReferenceHeader } from './reference-header.js'
import { insist, number, take, type ReferenceReader } from './reference-reader.js'
import { referenceCipher } from './reference-suites.js'

/** AES-GCM. Throws unless the tag fits. */
export function referenceOpen(
  key: Uint8Array,
  iv: Uint8Array,
  aad: Uint8Array,
  ciphertext: Uint8Array,
  tag: Uint8Array,
): Buffer {
  insist(iv.length === 12 && tag.length === 16, 'iv or tag length')
  const decipher = createDecipheriv(referenceCipher(key), key, iv)
  decipher.setAAD(aad)
  decipher.setAuthTag(tag)
  return Buffer.concat([decipher.update(ciphertext), decipher.final()])
}

type Piece = 'Frame' | 'Final Frame' | 'Single Block'

/** One frame, or the whole unframed content, from its ciphertext on. */
function readPiece(
  reader: ReferenceReader,
  { suite, messageId }: ReferenceHeader,
  key: Uint8Array,
  piece: { kind: Piece; sequence: number; iv: Uint8Array; length: number },
): Buffer {
  const { kind, sequence, iv, length } = piece
  // Writers of format 1 were free to choose the IV, which the tag covers; in format 2 it is the sequence number.
  const counter = Buffer.alloc(12)
  counter.writeUInt32BE(sequence, 8)
  insist(suite.format === 1 || counter.equals(iv), 'iv')
  // data-format/message-body-aad.md
  const numbers = Buffer.alloc(12)
  numbers.writeUInt32BE(sequence, 0)
  numbers.writeBigUInt64BE(BigInt(length), 4)
  const aad = Buffer.concat([messageId, Buffer.from(`AWSKMSEncryptionClient ${kind}`), numbers])
  const ciphertext = take(reader, length)
  return referenceOpen(key, iv, aad, ciphertext, take(reader, 16))
}

// data-format/message-body.md#non-framed-data
function readUnframed(reader: ReferenceReader, header: ReferenceHeader, key: Uint8Array): Buffer {
  const iv = take(reader, 12)
  const length = number(reader, 8)
  insist(length <= 2 ** 36 - 32, 'content length')
  return readPiece(reader, header, key, { kind: 'Single Block', sequence: 1, iv, length })
}

// data-format/message-body.md#framed-data
function readFramed(reader: ReferenceReader, header: ReferenceHeader, key: Uint8Array): Buffer[] {
  const frames: Buffer[] = []
  for (let sequence = 1; ; sequence += 1) {
    const first = number(reader, 4)
    const final = first === 0xffffffff
    insist((final ? number(reader, 4) : first) === sequence, 'sequence number')
    const iv = take(reader, 12)
    const length = final ? number(reader, 4) : header.frameLength
    insist(length <= header.frameLength, 'final frame length')
    const kind = final ? 'Final Frame' : 'Frame'
    frames.push(readPiece(reader, header, key, { kind, sequence, iv, length }))
    if (final) return frames
  }
}

/** The plaintext of each frame, or of the one unframed content. */
export function readReferenceBody(
  reader: ReferenceReader,
  header: ReferenceHeader,
  key: Uint8Array,
): Buffer[] {
  return header.contentType === 'framed'
    ? readFramed(reader, header, key)
    : [readUnframed(reader, header, key)]
}
