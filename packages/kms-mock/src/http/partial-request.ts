/** What there is of a request that isn't whole. */
export interface PartialRequest {
  readonly pieces: Buffer[]
  length: number
  /** The length of the whole request; 0: not known yet. */
  readonly wanted: number
  /** How many reads brought it, and when the first one was. */
  reads: number
  readonly since: number
}

/** A request that comes in more pieces than this goes to node:http, which doesn't begin anew with each. */
const maxReads = 64

/** All of it that there is. */
export const bytesOf = ({ pieces, length }: PartialRequest): Buffer => Buffer.concat(pieces, length)

/** Begins with the bytes that came; `before` is what there was of the same request before the last read. */
export const beginPartial = (
  bytes: Buffer,
  wanted: number,
  before: PartialRequest | undefined,
): PartialRequest => ({
  pieces: [bytes],
  length: bytes.length,
  wanted,
  reads: before?.reads ?? 1,
  since: before?.since ?? Date.now(),
})

/** Adds a piece. */
export const addPiece = (part: PartialRequest, piece: Buffer): void => {
  part.pieces.push(piece)
  part.length += piece.length
  part.reads += 1
}

/** Whether it comes too slowly, or in too many pieces: `patience` in milliseconds. */
export const isTedious = ({ reads, since }: PartialRequest, patience: number): boolean =>
  reads > maxReads || Date.now() - since > patience
