import { createCipheriv } from 'node:crypto'
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'mocha'
import { collect, type Backend, type StoredBlob } from '@sealring/core'

/** Bytes without a pattern that a wrong or repeated piece could hide in; always the same. */
export function sampleBytes(length: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16)).update(Buffer.alloc(length))
}

/** A stream of the bytes in pieces, and whether it was read to its end, left, or neither. */
export function pieces(bytes: Uint8Array, length = 10_000) {
  const seen = { opened: 0, ended: 0, left: 0 }
  async function* open(): AsyncGenerator<Uint8Array> {
    let whole = false
    seen.opened += 1
    try {
      for (let start = 0; start < bytes.byteLength; start += length)
        yield bytes.subarray(start, start + length)
      whole = true
    } finally {
      seen[whole ? 'ended' : 'left'] += 1
    }
  }
  return { open, seen }
}

export async function read(entry: { readonly body: AsyncIterable<Uint8Array> }): Promise<Buffer> {
  return Buffer.from(await collect(entry.body))
}

/** A backend whose bodies go through `change`. */
export function withBodies(
  inner: Backend,
  change: (stored: StoredBlob) => AsyncIterable<Uint8Array>,
): { readonly backend: Backend; readonly ranges: (number | undefined)[] } {
  const ranges: (number | undefined)[] = []
  const backend: Backend = {
    ...inner,
    async read(slot, options) {
      ranges.push(options?.range?.start)
      const stored = await inner.read(slot, options)
      return stored && { ...stored, body: change(stored) }
    },
  }
  return { backend, ranges }
}

/** The first bytes of a body, then an error. */
export async function* dying(
  body: AsyncIterable<Uint8Array>,
  length: number,
  error: unknown,
): AsyncGenerator<Uint8Array> {
  let left = length
  for await (const piece of body) {
    yield piece.subarray(0, left)
    left -= Math.min(left, piece.byteLength)
    if (left === 0) break
  }
  throw error
}

/** A folder for temporary files, removed after the suite. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sealring-test-'))
  after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Open files of this process in a folder, those without a name included; Linux only. */
export async function openFilesIn(folder: string): Promise<string[]> {
  const handles = await readdir('/proc/self/fd')
  const found = await Promise.all(
    handles.map(async (handle) => {
      const path = join('/proc/self/fd', handle)
      const target = await readlink(path).catch(() => '')
      return target.startsWith(folder) ? [path] : []
    }),
  )
  return found.flat()
}
