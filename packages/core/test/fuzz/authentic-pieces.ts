import { signerFor } from './deterministic-signer.js'
import { serializePairs } from './draft.js'
import { dataKeyFor, messageKeys } from './fuzz-suites.js'
import { footerEnd, unstoredPairs, type Context } from './reauthenticate.js'
import { gcmOpen, pieceAad, sequenceIv } from './seal-pieces.js'
import { walkFrame, walkMessage } from './walk-message.js'
import type { WalkedHeader, WalkedMessage, WalkedPiece } from './walk-message.js'

/** What of a message may be released, however it ends. */
export interface AuthenticPieces {
  /** Plaintext of each frame, or of the one block, up to the first that is not authentic or out of order. */
  readonly pieces: readonly Buffer[]
  /** The last of them is a final frame or a block. */
  readonly complete: boolean
  /** The suite signs, and the signature doesn't fit. */
  readonly unverified: boolean
}

/** `undefined` unless the piece is authentic as number `sequence`. */
function openPiece(
  message: Buffer,
  { suite, messageId }: WalkedHeader,
  piece: WalkedPiece,
  sequence: number,
): Buffer | undefined {
  const { ivStart, contentStart, contentEnd, end } = piece
  if (piece.sequence !== sequence) return undefined
  const iv = message.subarray(ivStart, ivStart + 12)
  // Early writers of format 1 chose IVs at random; the tag depends on them.
  if (suite.format === 2 && !iv.equals(sequenceIv(sequence))) return undefined
  const { encryptionKey } = messageKeys(suite, dataKeyFor(suite), messageId)
  const aad = pieceAad(messageId, piece, contentEnd - contentStart)
  const sealed = {
    ciphertext: message.subarray(contentStart, contentEnd),
    tag: message.subarray(contentEnd, end),
  }
  return gcmOpen(encryptionKey, iv, aad, sealed)
}

/** The content of frame `sequence`, if it stands where it must and is authentic. */
export function authenticFrameAt(
  message: Buffer,
  header: WalkedHeader,
  sequence: number,
): { readonly content: Buffer; readonly final: boolean } | undefined {
  const { end, frameLength } = header
  const piece = walkFrame(message, end + (sequence - 1) * (frameLength + 32), frameLength)
  if (piece === undefined || piece.end > message.length) return undefined
  if (piece.contentEnd - piece.contentStart > frameLength) return undefined
  const content = openPiece(message, header, piece, sequence)
  return content && { content, final: piece.kind === 'Final Frame' }
}

function isVerified(message: Buffer, { header, bodyEnd }: WalkedMessage): boolean {
  const { curve } = header.suite
  if (curve === undefined) return true
  if (bodyEnd === undefined) return false
  const signature = message.subarray(bodyEnd + 2, footerEnd(message, bodyEnd))
  return signerFor(curve).verify(message.subarray(0, bodyEnd), signature)
}

/** `undefined` where the header itself isn't authentic: then nothing may be released. */
export function authenticPieces(message: Buffer, reproduced?: Context): AuthenticPieces | undefined {
  const walked = walkMessage(message)
  if (walked === undefined) return undefined
  const { header } = walked
  const { suite, messageId, bodyEnd, end } = header
  const { encryptionKey } = messageKeys(suite, dataKeyFor(suite), messageId)
  const aad = Buffer.concat([message.subarray(0, bodyEnd), serializePairs(unstoredPairs(header, reproduced))])
  const headerIv = suite.format === 1 ? message.subarray(bodyEnd, end - 16) : Buffer.alloc(12)
  const headerTag = { ciphertext: Buffer.alloc(0), tag: message.subarray(end - 16, end) }
  if (gcmOpen(encryptionKey, headerIv, aad, headerTag) === undefined) return undefined

  const pieces: Buffer[] = []
  let complete = false
  for (const piece of walked.pieces) {
    const plaintext = openPiece(message, header, piece, pieces.length + 1)
    if (plaintext === undefined) break
    pieces.push(plaintext)
    complete = piece.kind !== 'Frame'
  }
  return { pieces, complete, unverified: !isVerified(message, walked) }
}

/**
 * Whether these bytes may have been released before an error: whole frames from the first on. Of a signed message the
 * final frame or the block waits for the signature (client-apis/decrypt.md#decrypt-the-message-body).
 */
export function mayBeReleased(released: Buffer, authentic: AuthenticPieces | undefined): boolean {
  if (released.length === 0) return true
  if (authentic === undefined) return false
  const { pieces, complete, unverified } = authentic
  let length = 0
  for (const piece of unverified && complete ? pieces.slice(0, -1) : pieces) {
    if (!piece.equals(released.subarray(length, length + piece.length))) return false
    length += piece.length
    if (length === released.length) return true
  }
  return false
}
