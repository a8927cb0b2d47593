import type { StoredBlob } from './backend.js'

/** End what is being read, without waiting: what it is stuck in may never end. Nobody could be told of a failure. */
export function giveUp(pieces: AsyncIterator<unknown>): void {
  void Promise.resolve(pieces.return?.()).catch(() => undefined)
}

/** End a body that nobody will read, if there is one. */
export function dropBody(stored: Pick<StoredBlob, 'body'> | undefined): void {
  if (stored) giveUp(stored.body[Symbol.asyncIterator]())
}
