import type { SealedBlob } from '../backend/backend.js'

/** The first bytes of a blob, `length` of them or all. The rest of its stream isn't asked for. */
export async function startOf(blob: SealedBlob, length: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let missing = length
  for await (const piece of blob.stream()) {
    pieces.push(piece.subarray(0, missing))
    missing -= piece.byteLength
    if (missing <= 0) break
  }
  return Buffer.concat(pieces)
}
