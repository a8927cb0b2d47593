import type { Backend } from '../backend/backend.js'
import { checkName } from '../backend/entry-name.js'
import { InputError } from '../errors.js'
import { allItems } from './pages.js'

/** The entry names that a location lists; what is no entry name (the library's own, or junk) is left out. */
export async function* entryNames(
  location: Backend,
  prefix: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  const page = (cursor: string | undefined) => location.names({ prefix, cursor, signal })
  for await (const name of allItems(location, 'names', signal, page))
    if (name.startsWith(prefix ?? '') && isEntryName(name)) yield name
}

function isEntryName(name: string): boolean {
  try {
    checkName(name)
    return true
  } catch (error) {
    if (error instanceof InputError) return false
    throw error
  }
}
