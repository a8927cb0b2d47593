import type { Backend, Slot } from '../backend/backend.js'
import { ask } from './ask.js'
import { openBlob } from './committed.js'
import { readCopy } from './read-copy.js'
import type { RepairRun } from './repair-run.js'

/**
 * Keep the blob of a slot beside it, before the slot is given another one. Returns why the slot must be left as it
 * is: a blob too large for a sidecar is given up only when the key proves that nobody can open it.
 */
export async function saveFork(
  run: Pick<RepairRun, 'parts' | 'signal' | 'wrote'>,
  location: Backend,
  slot: Slot,
): Promise<string | undefined> {
  const copy = await readCopy(location, slot, run.signal)
  if (!copy) return 'it was listed, and gone when it was read'
  const { blob } = copy
  if (blob.size > location.capabilities.maxSidecarBytes) {
    const opened = await openBlob(run, slot, blob)
    const worthless = 'failed' in opened && opened.failed === 'not authentic'
    return worthless ? undefined : 'another blob is here, too large to be saved beside the slot'
  }
  const bytes = await blob.bytes()
  const { outcome } = await ask(location, 'createSidecar', run.signal, () =>
    location.createSidecar({ ...slot, kind: 'fork', id: blob.digest }, bytes, { signal: run.signal }),
  )
  if (outcome === 'created') run.wrote(slot, location, 'fork-saved')
  return undefined
}
