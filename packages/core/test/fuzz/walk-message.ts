import { fuzzSuites, type FuzzSuite } from './fuzz-suites.js'

interface Span {
  readonly start: number
  readonly end: number
}

export interface WalkedHeader {
  readonly suite: FuzzSuite
  readonly messageId: Buffer
  /** Those that lie within the context. */
  readonly pairs: readonly { readonly key: Buffer; readonly value: Buffer }[]
  readonly dataKeys: readonly { readonly id: Span; readonly info: Span; readonly ciphertext: Span }[]
  readonly framed: boolean
  readonly frameLength: number
  /** Where the header tag's IV or, in format 2, the tag begins. */
  readonly bodyEnd: number
  readonly end: number
}

export interface WalkedPiece {
  readonly kind: 'Frame' | 'Final Frame' | 'Single Block'
  /** As it stands there; 1 for a block. */
  readonly sequence: number
  readonly ivStart: number
  readonly contentStart: number
  readonly contentEnd: number
  /** Behind the tag. */
  readonly end: number
}

export interface WalkedMessage {
  readonly header: WalkedHeader
  /** As many as are complete, up to the first final one. */
  readonly pieces: readonly WalkedPiece[]
  /** Behind the body, if it is complete. */
  readonly bodyEnd: number | undefined
}

/** Follows lengths as they stand. `undefined` is what lies beyond the end. */
function walker(message: Buffer) {
  let position = 0
  let inside = true
  const take = (length: number): Span => {
    const start = position
    if (length > message.length - position) inside = false
    else position += length
    return { start, end: position }
  }
  const number = (width: 1 | 2 | 4): number => {
    const { start } = take(width)
    return inside ? message.readUIntBE(start, width) : 0
  }
  return {
    take,
    number,
    field: (): Span => take(number(2)),
    inside: () => inside,
    position: () => position,
  }
}

function walkPairs(context: Buffer): WalkedHeader['pairs'] {
  const pairs: { key: Buffer; value: Buffer }[] = []
  const walk = walker(context)
  walk.number(2)
  while (walk.inside() && walk.position() < context.length) {
    const key = walk.field()
    const value = walk.field()
    if (!walk.inside()) break
    pairs.push({ key: context.subarray(key.start, key.end), value: context.subarray(value.start, value.end) })
  }
  return pairs
}

function walkHeader(message: Buffer): WalkedHeader | undefined {
  const walk = walker(message)
  const version = walk.number(1)
  if (version === 1) walk.number(1)
  const suite = fuzzSuites.get(walk.number(2))
  if (suite === undefined || suite.format !== version) return undefined
  const id = walk.take(suite.format === 1 ? 16 : 32)
  const context = walk.field()
  const count = walk.number(2)
  const dataKeys: WalkedHeader['dataKeys'][number][] = []
  for (let n = 0; n < count && walk.inside(); n += 1) {
    dataKeys.push({ id: walk.field(), info: walk.field(), ciphertext: walk.field() })
  }
  const framed = walk.number(1) !== 1
  walk.take(suite.format === 1 ? 5 : 0)
  const frameLength = walk.number(4)
  walk.take(suite.format === 1 ? 0 : 32)
  const bodyEnd = walk.position()
  walk.take(suite.format === 1 ? 28 : 16)
  if (!walk.inside()) return undefined
  return {
    suite,
    messageId: message.subarray(id.start, id.end),
    pairs: walkPairs(message.subarray(context.start, context.end)),
    dataKeys,
    framed,
    frameLength,
    bodyEnd,
    end: walk.position(),
  }
}

/** `undefined` when no frame has room. Its end may lie behind that of the message. */
export function walkFrame(message: Buffer, start: number, frameLength: number): WalkedPiece | undefined {
  if (message.length - start < 36) return undefined
  const final = message.readUInt32BE(start) === 0xffffffff
  const ivStart = start + (final ? 8 : 4)
  const contentStart = ivStart + (final ? 16 : 12)
  const length = final ? message.readUInt32BE(contentStart - 4) : frameLength
  const sequence = message.readUInt32BE(ivStart - 4)
  const contentEnd = contentStart + length
  const kind = final ? 'Final Frame' : 'Frame'
  return { kind, sequence, ivStart, contentStart, contentEnd, end: contentEnd + 16 }
}

function walkBlock(message: Buffer, ivStart: number): WalkedPiece | undefined {
  if (message.length - ivStart < 36) return undefined
  const contentStart = ivStart + 20
  const contentEnd = contentStart + Number(message.readBigUInt64BE(contentStart - 8))
  return { kind: 'Single Block', sequence: 1, ivStart, contentStart, contentEnd, end: contentEnd + 16 }
}

/** Finds what is where in a message that may be wrong in everything. `undefined` when it has no whole header. */
export function walkMessage(message: Buffer): WalkedMessage | undefined {
  const header = walkHeader(message)
  if (header === undefined) return undefined
  const pieces: WalkedPiece[] = []
  let position = header.end
  for (;;) {
    const piece = header.framed
      ? walkFrame(message, position, header.frameLength)
      : walkBlock(message, position)
    if (piece === undefined || piece.end > message.length) return { header, pieces, bodyEnd: undefined }
    pieces.push(piece)
    position = piece.end
    if (piece.kind !== 'Frame') return { header, pieces, bodyEnd: position }
  }
}
