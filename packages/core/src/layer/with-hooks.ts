import type { Backend } from '../backend/backend.js'
import { layer, type BackendCall } from './layer.js'
import { observe, type BackendCallEnd } from './observe.js'
import { onlooker } from './onlooker.js'

export interface BackendHooks {
  /** Before a call. */
  onStart?(call: BackendCall): void
  /** After it, with the same `call` object, once. */
  onEnd?(call: BackendCall, end: BackendCallEnd): void
}

/**
 * Tells hooks of every call: where, what, of which name and revision, how long, with which outcome or error code.
 * Never bytes, never messages. Hooks are not waited for, and what they throw breaks no call: the first failure becomes a
 * warning of the process (code SEALRING_HOOK).
 */
export function withHooks(backend: Backend, hooks: BackendHooks): Backend {
  const look = onlooker(backend.id)
  return layer(backend, (call, signal, attempt) => {
    look(() => hooks.onStart?.(call))
    return observe(call, signal, attempt, (end) => look(() => hooks.onEnd?.(call, end)))
  })
}
