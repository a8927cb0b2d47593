import { giveUp } from '../backend/give-up.js'
import type { Deadline } from './deadline.js'

/** A body whose every piece must come in time. It ends the deadline when it has ended itself. */
export function timedBody(body: AsyncIterable<Uint8Array>, deadline: Deadline): AsyncIterable<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]()
  const end = { done: true, value: undefined } as const
  const reader: AsyncIterator<Uint8Array, undefined> = {
    async next() {
      try {
        const piece = await deadline.within(() => pieces.next())
        if (!piece.done) return piece
        deadline.release()
        return end
      } catch (error) {
        deadline.release()
        giveUp(pieces)
        throw error
      }
    },
    async return() {
      deadline.release()
      await pieces.return?.()
      return end
    },
  }
  return { [Symbol.asyncIterator]: () => reader }
}
