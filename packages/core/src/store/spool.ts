import { createHash, randomUUID } from 'node:crypto'
import { open, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { SealedBlob } from '../backend/backend.js'
import { StoreError } from '../errors.js'

export interface SpoolLimits {
  /** Sealed bytes that are kept in memory; beyond, all of them go to a file. */
  readonly memoryBytes: number
  /** Where the file is made. */
  readonly directory: string
}

/** Sealed bytes that are held until every location has them. Only ciphertext may be written to it. */
export interface Spool {
  /** Takes the piece over; one at a time. Fails with SPOOL_FAILED. */
  write(piece: Uint8Array): Promise<void>
  /** Bytes so far. */
  readonly size: number
  /** All that was written, readable as often and by as many at a time as need be, until `discard`; later with SPOOL_FAILED. */
  blob(): SealedBlob
  /** Forget the bytes. Safe to repeat. */
  discard(): Promise<void>
}

const pieceSize = 256 * 1024

/**
 * A spool in memory that becomes a file (mode 0600) when it grows. The file has no name while it is used, so that the
 * system removes it even if the process is killed; where an open file can't be unlinked (Windows), it goes on `discard`.
 */
export function createSpool({ memoryBytes, directory }: SpoolLimits): Spool {
  const hash = createHash('sha256')
  let pieces: Uint8Array[] = []
  let file: { readonly handle: FileHandle; readonly path: string; named: boolean } | undefined
  let size = 0
  let writing: Promise<void> = Promise.resolve()
  let discarded = false

  async function toFile(): Promise<FileHandle> {
    if (file) return file.handle
    const path = join(directory, `sealring-${randomUUID()}.spool`)
    file = { handle: await open(path, 'wx+', 0o600), path, named: true }
    if (process.platform !== 'win32') await unname()
    for (const piece of pieces) await file.handle.writeFile(piece)
    pieces = []
    return file.handle
  }

  async function append(piece: Uint8Array): Promise<void> {
    try {
      const handle = await toFile()
      await handle.writeFile(piece)
    } catch (cause) {
      failed(directory, cause)
    }
  }

  async function unname(): Promise<void> {
    if (!file?.named) return
    await rm(file.path, { force: true })
    file.named = false
  }

  async function* fromFile(handle: FileHandle): AsyncGenerator<Uint8Array> {
    for (let position = 0; position < size;) {
      const target = Buffer.allocUnsafeSlow(Math.min(pieceSize, size - position))
      const { bytesRead } = await handle
        .read(target, 0, target.byteLength, position)
        .catch((cause: unknown) => failed(directory, cause))
      if (bytesRead === 0) failed(directory, new Error('The file is shorter than what was written to it.'))
      yield target.subarray(0, bytesRead)
      position += bytesRead
    }
  }

  async function* stream(): AsyncGenerator<Uint8Array> {
    let length = 0
    for await (const piece of file ? fromFile(file.handle) : pieces) {
      checkHeld()
      length += piece.byteLength
      yield piece
    }
    // Whoever reads slowly, a location that was left behind, must not take the start for the whole.
    checkHeld()
    if (length !== size) failed(directory, new Error('The spool has other bytes than were written to it.'))
  }

  function checkHeld(): void {
    if (discarded) failed(directory, new Error('The spool was discarded.'))
  }

  return {
    get size() {
      return size
    },

    async write(piece) {
      if (discarded) return
      size += piece.byteLength
      hash.update(piece)
      if (size <= memoryBytes) {
        pieces.push(piece)
        return
      }
      writing = append(piece)
      await writing
    },

    blob() {
      const digest = hash.copy().digest('hex')
      const bytes = async () => {
        checkHeld()
        const all = Buffer.allocUnsafeSlow(size)
        let length = 0
        for await (const piece of stream()) {
          all.set(piece, length)
          length += piece.byteLength
        }
        return all
      }
      return { digest, size, bytes, stream }
    },

    async discard() {
      discarded = true
      pieces = []
      // An aborted put doesn't wait for it, and the file may only just be made.
      await writing.catch(() => undefined)
      // What can't be closed or removed is ciphertext in the directory for temporary files.
      await file?.handle.close().catch(() => undefined)
      await unname().catch(() => undefined)
    },
  }
}

function failed(directory: string, cause: unknown): never {
  throw new StoreError(
    'SPOOL_FAILED',
    `The sealed bytes could not be held in ${directory} until they are stored: make room there, or set spool.`,
    { cause, details: { directory } },
  )
}
