import type { Backend, Retained, SealedBlob, SidecarKey, Slot } from '../backend/backend.js'
import { sealedBlob } from '../backend/sealed-blob.js'
import { BackendError } from '../errors.js'
import { ask } from './ask.js'
import { openBlob } from './committed.js'
import { allItems } from './pages.js'
import { isRemains } from './remains.js'
import type { RepairRun } from './repair-run.js'

export interface Leftovers {
  /** Earlier bytes of the slot that the service keeps nevertheless. */
  readonly retained: readonly Retained[]
  /** Digests of other blobs that are kept beside the slot. */
  readonly forks: readonly string[]
}

/** A tombstone, and the digest of the blob that it stands for. */
export interface Grave {
  readonly tombstone: SealedBlob
  readonly destroyed: string
}

/**
 * Once a tombstone is in its slot: remove the destroyed blob, or what damage left of it, where it was saved beside the slot, and
 * then what the service keeps of earlier bytes. Safe to repeat.
 */
export async function removeLeftovers(
  run: Pick<RepairRun, 'parts' | 'signal'>,
  location: Backend,
  slot: Slot,
  grave: Grave,
): Promise<Leftovers> {
  const { signal } = run
  const saved: string[] = []
  const page = (cursor: string | undefined) => location.listSidecars(slot, { cursor, signal })
  for await (const { kind, id } of allItems(location, 'listSidecars', signal, page))
    if (kind === 'fork') saved.push(id)
  const forks: string[] = []
  for (const id of saved) {
    const key = { ...slot, kind: 'fork', id }
    if (id === grave.destroyed || (await holdsRemains(run, location, key, grave)))
      await ask(location, 'deleteSidecar', signal, () => location.deleteSidecar(key, { signal }))
    else forks.push(id)
  }
  const { retained } = await ask(location, 'purge', signal, () => location.purge(slot, { signal }))
  return { retained, forks }
}

async function holdsRemains(
  run: Pick<RepairRun, 'parts' | 'signal'>,
  location: Backend,
  key: SidecarKey,
  { tombstone }: Grave,
): Promise<boolean> {
  const { signal } = run
  const bytes = await ask(location, 'readSidecar', signal, () => location.readSidecar(key, { signal })).catch(
    (error: unknown) => {
      // Whoever put it there: no fork of ours, and no reason not to go on.
      if (error instanceof BackendError && error.code === 'BLOB_TOO_LARGE') return undefined
      throw error
    },
  )
  if (!bytes) return false
  const { name, revision } = key
  const blob = sealedBlob(bytes)
  // The key is asked only for what its header does not clear.
  if (!(await isRemains(blob, { failed: 'not authentic' }, key, tombstone))) return false
  return isRemains(blob, await openBlob(run, { name, revision }, blob), key, tombstone)
}
