import type { Backend, Retained, Slot } from '../backend/backend.js'
import { ask } from './ask.js'
import { allItems } from './pages.js'

export interface Leftovers {
  /** Earlier bytes of the slot that the service keeps nevertheless. */
  readonly retained: readonly Retained[]
  /** Digests of other blobs that are kept beside the slot. */
  readonly forks: readonly string[]
}

/**
 * Once a tombstone is in its slot: remove the destroyed blob where it was saved beside the slot, and then what the service
 * keeps of earlier bytes. Safe to repeat.
 */
export async function removeLeftovers(
  location: Backend,
  slot: Slot,
  destroyed: string,
  signal: AbortSignal | undefined,
): Promise<Leftovers> {
  const forks: string[] = []
  const page = (cursor: string | undefined) => location.listSidecars(slot, { cursor, signal })
  for await (const { kind, id } of allItems(location, 'listSidecars', signal, page))
    if (kind === 'fork') forks.push(id)
  if (forks.includes(destroyed)) {
    const key = { ...slot, kind: 'fork', id: destroyed }
    await ask(location, 'deleteSidecar', signal, () => location.deleteSidecar(key, { signal }))
  }
  const { retained } = await ask(location, 'purge', signal, () => location.purge(slot, { signal }))
  return { retained, forks: forks.filter((id) => id !== destroyed) }
}
