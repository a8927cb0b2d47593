import type { Slot } from '../backend/backend.js'
import type { StoreParts } from './parts.js'
import { findTombstone } from './tombstone.js'

/**
 * Whether the arbiter holds an authentic tombstone for a blob that was seen before (or another tombstone for what was seen
 * destroyed): then not a contradiction, and remembered. Fails with the keyring's error when that can't be told.
 */
export async function acceptDestruction(
  parts: StoreParts,
  slot: Slot,
  seen: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { arbiter, floors } = parts
  const found = await findTombstone(parts, arbiter, slot, signal)
  const known = floors.destructionOf(slot.name, slot.revision)
  if (!found || ![seen, known?.destroyed].includes(found.destroyed)) return false
  floors.destroyed(slot.name, slot.revision, found)
  return true
}
