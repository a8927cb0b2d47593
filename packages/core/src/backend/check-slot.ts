import { InputError } from '../errors.js'
import type { SidecarKey, Slot } from './backend.js'
import { checkNameGrammar, checkRevision } from './entry-name.js'

/**
 * Check the slot that a backend was given: the grammar of entry names (the library's reserved names included)
 * and a revision from 1. Fails with INVALID_NAME or INVALID_REVISION.
 */
export function checkSlot({ name, revision }: Slot): void {
  checkNameGrammar(name)
  checkRevision(revision)
}

/** As `checkSlot`, for the slot that sidecars belong to: revision 0, the location itself, is allowed too. */
export function checkSidecarSlot({ name, revision }: Slot): void {
  checkNameGrammar(name)
  if (revision !== 0) checkRevision(revision)
}

const kindGrammar = /^[a-z][a-z0-9-]{0,31}$/
const idGrammar = /^[a-z0-9][a-z0-9._-]{0,127}$/

/** Check a sidecar's key. Fails with INVALID_NAME, INVALID_REVISION, or INVALID_ARGUMENT for kind and id. */
export function checkSidecarKey(key: SidecarKey): void {
  checkSidecarSlot(key)
  if (!kindGrammar.test(key.kind))
    throw new InputError('INVALID_ARGUMENT', `A sidecar's kind must match ${kindGrammar.source}.`)
  if (!idGrammar.test(key.id))
    throw new InputError('INVALID_ARGUMENT', `A sidecar's id must match ${idGrammar.source}.`)
}

const locationGrammar = /^[a-z0-9][a-z0-9._-]{0,62}$/

/** Check the `id` of a backend. Fails with INVALID_ARGUMENT. */
export function checkBackendId(id: string): void {
  if (typeof id !== 'string' || !locationGrammar.test(id))
    throw new InputError('INVALID_ARGUMENT', `The id of a location must match ${locationGrammar.source}.`)
}
