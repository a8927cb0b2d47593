import type { Backend } from '../backend/backend.js'
import { BackendError } from '../errors.js'
import { layer, type BackendOperation } from './layer.js'

const writes: Readonly<Record<BackendOperation, boolean>> = {
  create: true,
  read: false,
  stat: false,
  latest: false,
  revisions: false,
  names: false,
  replace: true,
  purge: true,
  createSidecar: true,
  readSidecar: false,
  listSidecars: false,
  deleteSidecar: true,
}

/**
 * Passes on what reads, and refuses `create`, `replace`, `purge`, `createSidecar` and `deleteSidecar` with ACCESS_DENIED before
 * the backend hears of it. A fence against mistakes of this process; against anybody else use credentials that can't
 * write. Capabilities stay those of the location.
 */
export function readOnly(backend: Backend): Backend {
  return layer(backend, async ({ location, operation }, signal, attempt) => {
    if (!writes[operation]) return attempt(signal)
    signal?.throwIfAborted()
    const message = `Location "${location}" is opened read-only: ${operation} is refused.`
    throw new BackendError('ACCESS_DENIED', message, { backend: location, operation })
  })
}
