import { uint32, type Draft, type Piece } from './draft.js'
import { dataKeyFor, messageKeys } from './fuzz-suites.js'
import { editList, spoilBytes, type DraftMutation } from './mutation.js'
import { hostileNumber, type Random } from './random.js'
import { gcmOpen, gcmSeal, pieceAad, sequenceIv } from './seal-pieces.js'
import type { WalkedPiece } from './walk-message.js'

const finalMarker = 0xffffffff
const copyPiece = (piece: Piece): Piece => ({ ...piece })

/** A piece with nothing right in it. */
function makePiece(random: Random): Piece {
  const sequence = hostileNumber(random, 32, random.index(6))
  const ciphertext = random.bytes(random.pick([0, 5, 8, 16]))
  return { sequence, iv: sequenceIv(sequence), length: Buffer.alloc(0), ciphertext, tag: random.bytes(16) }
}

function lengthBytes(width: number, value: number): Buffer {
  return Buffer.concat([Buffer.alloc(Math.max(0, width - 4)), uint32(value)])
}

function makeFinal(piece: Piece): void {
  piece.marker = finalMarker
  piece.length = uint32(piece.ciphertext.length)
}

/** Sequence number, IV and tag for the place where it now stands. */
function sealForPlace(draft: Draft, piece: Piece, sequence: number, content: Buffer): void {
  const { suite, messageId } = draft
  const { encryptionKey } = messageKeys(suite, dataKeyFor(suite), messageId)
  const kind: WalkedPiece['kind'] =
    piece.sequence === undefined ? 'Single Block' : piece.marker === undefined ? 'Frame' : 'Final Frame'
  const iv = sequenceIv(sequence)
  const aad = pieceAad(messageId, { kind, sequence }, content.length)
  const framed = piece.sequence !== undefined
  Object.assign(piece, { iv, ...(framed ? { sequence } : {}), ...gcmSeal(encryptionKey, iv, aad, content) })
  if (piece.length.length > 0) piece.length = lengthBytes(piece.length.length, content.length)
}

/** Whatever is in it, were it authentic: the length matters more. */
function contentOf(draft: Draft, { iv, ciphertext, tag, marker, sequence = 1 }: Piece): Buffer {
  const { suite, messageId } = draft
  const { encryptionKey } = messageKeys(suite, dataKeyFor(suite), messageId)
  const kind = marker === undefined ? 'Frame' : 'Final Frame'
  const aad = pieceAad(messageId, { kind, sequence }, ciphertext.length)
  if (iv.length !== 12 || tag.length !== 16) return ciphertext
  return gcmOpen(encryptionKey, iv, aad, { ciphertext, tag }) ?? ciphertext
}

function onePiece(apply: (piece: Piece, random: Random, draft: Draft) => void): DraftMutation['apply'] {
  return (draft, random) => {
    const piece = random.pick(draft.pieces)
    if (piece !== undefined) apply(piece, random, draft)
  }
}

export const bodyMutations: readonly DraftMutation[] = [
  {
    name: 'frames',
    weight: 10,
    apply: (draft, random, other) =>
      editList(draft.pieces, random, copyPiece, () => makePiece(random), other.pieces),
  },
  {
    name: 'frames, renumbered and sealed anew',
    weight: 8,
    seals: true,
    apply(draft, random, other) {
      editList(draft.pieces, random, copyPiece, () => makePiece(random), other.pieces)
      const start = random.chance(0.8) ? 1 : random.index(3)
      for (const [index, piece] of draft.pieces.entries())
        sealForPlace(draft, piece, start + index, contentOf(draft, piece))
    },
  },
  {
    name: 'a frame sealed under a wrong number',
    weight: 4,
    seals: true,
    apply: onePiece((piece, random, draft) => {
      const { sequence = 1 } = piece
      sealForPlace(draft, piece, hostileNumber(random, 32, sequence), contentOf(draft, piece))
      if (random.chance(0.5) && piece.sequence !== undefined) piece.sequence = sequence
    }),
  },
  {
    name: 'a frame of another length, sealed anew',
    weight: 5,
    seals: true,
    apply: onePiece((piece, random, draft) => {
      const length = random.pick([0, 1, piece.ciphertext.length + random.between(-1, 1), random.index(40)])
      sealForPlace(draft, piece, piece.sequence ?? 1, Buffer.alloc(Math.max(0, length), 'x'))
    }),
  },
  {
    name: 'sequence number',
    weight: 5,
    apply: onePiece(
      (piece, random) => void (piece.sequence = hostileNumber(random, 32, piece.sequence ?? 1)),
    ),
  },
  {
    name: 'frame IV',
    weight: 4,
    apply: onePiece((piece, random) => {
      piece.iv = random.chance(0.5) ? sequenceIv(random.index(5)) : spoilBytes(piece.iv, random)
    }),
  },
  {
    name: 'final marker',
    weight: 6,
    apply: onePiece((piece, random) => {
      if (piece.marker === undefined) makeFinal(piece)
      else if (random.chance(0.6)) Object.assign(piece, { marker: undefined, length: Buffer.alloc(0) })
      else piece.marker = hostileNumber(random, 32, finalMarker)
    }),
  },
  {
    name: 'content length',
    weight: 6,
    apply: onePiece((piece, random) => {
      const { length, ciphertext } = piece
      if (random.chance(0.3)) piece.length = spoilBytes(length, random)
      else piece.length = lengthBytes(length.length, hostileNumber(random, 32, ciphertext.length))
      if (length.length === 8 && random.chance(0.3)) {
        piece.length = Buffer.concat([random.bytes(4), piece.length.subarray(4)])
      }
    }),
  },
  {
    name: 'ciphertext',
    weight: 4,
    apply: onePiece((piece, random) => void (piece.ciphertext = spoilBytes(piece.ciphertext, random))),
  },
  {
    name: 'tag',
    weight: 4,
    apply: onePiece((piece, random) => void (piece.tag = spoilBytes(piece.tag, random))),
  },
  {
    name: 'the other kind of body',
    weight: 3,
    seals: true,
    apply(draft, random, other) {
      draft.pieces = other.pieces.map(copyPiece)
      if (random.chance(0.6)) Object.assign(draft, { contentType: other.contentType })
      if (random.chance(0.6)) Object.assign(draft, { frameLength: other.frameLength })
      for (const [index, piece] of draft.pieces.entries())
        sealForPlace(draft, piece, index + 1, Buffer.alloc(piece.ciphertext.length, 'y'))
    },
  },
]
