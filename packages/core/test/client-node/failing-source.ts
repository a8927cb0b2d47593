import { Readable } from 'node:stream'

/** Fails as soon as it is read. */
export function failingSource(...before: Uint8Array[]): Readable {
  const pieces = [...before]
  return new Readable({
    read() {
      const piece = pieces.shift()
      if (piece === undefined) this.destroy(new Error('source broke'))
      else this.push(piece)
    },
  })
}

/** The message of the source's error, which may have been wrapped. */
export function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  return error.cause instanceof Error ? error.cause.message : error.message
}
