import { createHash } from 'node:crypto'
import type { SealedBlob } from '@sealring/core'

const pieceBytes = 300_007

/** A blob of any size that is made while it is read, in pieces that fit no part. It can't be had in one piece. */
export async function generatedBlob(size: number, seed: string): Promise<SealedBlob> {
  const piece = createHash('shake256', { outputLength: pieceBytes }).update(seed).digest()
  async function* stream(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = 0; at < size; at += pieceBytes) yield piece.subarray(0, Math.min(pieceBytes, size - at))
  }
  return {
    size,
    digest: await digestOf(stream()),
    stream,
    bytes: () => Promise.reject(new Error('Nobody may hold this blob whole.')),
  }
}

/** Lower-case hexadecimal SHA-256 of bytes in pieces. */
export async function digestOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}
