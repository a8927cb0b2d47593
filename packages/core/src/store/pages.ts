import type { Backend, Page } from '../backend/backend.js'
import { BackendError } from '../errors.js'
import { ask } from './ask.js'

/** All items of a listing, page after page. Rejects as `ask` does, also when a cursor leads back to itself. */
export async function* allItems<Item>(
  location: Backend,
  operation: 'names' | 'revisions' | 'listSidecars',
  signal: AbortSignal | undefined,
  page: (cursor: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<Item> {
  let cursor: string | undefined
  do {
    const from = cursor
    const { items, cursor: next } = await ask(location, operation, signal, () => page(from))
    yield* items
    if (next !== undefined && next === from)
      throw new BackendError('BACKEND_FAILED', `Location "${location.id}" repeats a page of ${operation}.`, {
        backend: location.id,
        operation,
      })
    cursor = next
  } while (cursor !== undefined)
}
