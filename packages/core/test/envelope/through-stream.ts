import { Readable, type Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { MessageHeader } from '@sealring/core/envelope'
import { expect } from 'chai'

export interface Streamed {
  readonly bytes: Buffer
  readonly messageHeader: MessageHeader | undefined
}

/** What comes out of the stream for these chunks. The header must come first. */
export async function throughStream(stream: Duplex, chunks: Iterable<Uint8Array>): Promise<Streamed> {
  const headers: MessageHeader[] = []
  const pieces: Uint8Array[] = []
  stream.on('MessageHeader', (header: MessageHeader) => headers.push(header))
  await pipeline(Readable.from(chunks), stream, async (source: AsyncIterable<Uint8Array>) => {
    for await (const piece of source) {
      expect(headers, 'headers before the first byte').to.have.length(1)
      pieces.push(piece)
    }
  })
  expect(headers).to.have.length(1)
  return { bytes: Buffer.concat(pieces), messageHeader: headers[0] }
}

/** One byte in each chunk. */
export function* bytewise(bytes: Uint8Array): Iterable<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += 1) yield bytes.subarray(offset, offset + 1)
}

/** Chunks of these sizes, 0 included, in turn; what is left comes whole. */
export function* cut(bytes: Uint8Array, sizes: readonly number[]): Iterable<Uint8Array> {
  let offset = 0
  for (const size of sizes) {
    if (offset >= bytes.length) return
    yield bytes.subarray(offset, offset + size)
    offset += size
  }
  if (offset < bytes.length) yield bytes.subarray(offset)
}
