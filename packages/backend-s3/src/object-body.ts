import { Readable } from 'node:stream'

/**
 * The body of an answer as the Backend contract has it: pieces in order, errors translated, and the connection
 * given up when the reader stops early, even before the first piece.
 */
export function objectBody(
  source: unknown,
  translate: (error: unknown) => unknown,
): AsyncIterable<Uint8Array> {
  if (!(source instanceof Readable)) throw new TypeError("The client must use Node's request handler.")
  // A reader that comes late finds the error by itself; without a listener it would end the process.
  source.on('error', () => source.destroy())
  const pieces: AsyncIterator<Uint8Array> = source[Symbol.asyncIterator]()
  const reader: AsyncIterator<Uint8Array, undefined> = {
    async next() {
      try {
        const piece = await pieces.next()
        return piece.done ? { done: true, value: undefined } : piece
      } catch (error) {
        throw translate(error)
      }
    },
    async return() {
      source.destroy()
      return { done: true, value: undefined }
    },
  }
  return { [Symbol.asyncIterator]: () => reader }
}

/** Ends a body that nobody will read. */
export async function giveUp(body: AsyncIterable<Uint8Array>): Promise<void> {
  await body[Symbol.asyncIterator]().return?.()
}
