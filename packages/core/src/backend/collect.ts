/** All pieces of a body as one array. */
export async function collect(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  if (pieces.length === 1) return pieces[0]!
  return Buffer.concat(pieces)
}
