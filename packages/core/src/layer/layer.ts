import type { Backend } from '../backend/backend.js'

/** A method of the Backend interface. */
export type BackendOperation = Exclude<keyof Backend, 'id' | 'capabilities'>

/** What each method answers. */
export type BackendAnswers = { [O in BackendOperation]: Awaited<ReturnType<Backend[O]>> }

/** One call of a backend, as far as it may be told to anyone: no bytes. Names are public. */
export interface BackendCall<O extends BackendOperation = BackendOperation> {
  /** `id` of the backend. */
  readonly location: string
  readonly operation: O
  /** The entry's name; absent in a call of `names`. */
  readonly name?: string
  /** Absent in calls that are about no single revision. */
  readonly revision?: number
}

/** What a layer does around each call. `attempt` makes the call at the backend inside, once each time. */
export type Around = <O extends BackendOperation>(
  call: BackendCall<O>,
  signal: AbortSignal | undefined,
  attempt: (signal: AbortSignal | undefined) => Promise<BackendAnswers[O]>,
) => Promise<BackendAnswers[O]>

/**
 * A backend each of whose calls goes through `around`. Spelled out, so that a new method of the interface
 * does not compile before every layer has dealt with it.
 */
export function layer(inner: Backend, around: Around): Backend {
  const { id, capabilities } = inner
  const about = <O extends BackendOperation>(operation: O, where?: { name: string; revision?: number }) => ({
    location: id,
    operation,
    ...(where && { name: where.name }),
    ...(where?.revision !== undefined && { revision: where.revision }),
  })
  return {
    id,
    capabilities,

    async create(slot, blob, call) {
      return around(about('create', slot), call?.signal, (signal) =>
        inner.create(slot, blob, { ...call, signal }),
      )
    },

    async read(slot, call) {
      return around(about('read', slot), call?.signal, (signal) => inner.read(slot, { ...call, signal }))
    },

    async stat(slot, call) {
      return around(about('stat', slot), call?.signal, (signal) => inner.stat(slot, { ...call, signal }))
    },

    async latest(name, call) {
      return around(about('latest', { name }), call?.signal, (signal) =>
        inner.latest(name, { ...call, signal }),
      )
    },

    async revisions(name, call) {
      return around(about('revisions', { name }), call?.signal, (signal) =>
        inner.revisions(name, { ...call, signal }),
      )
    },

    async names(call) {
      return around(about('names'), call?.signal, (signal) => inner.names({ ...call, signal }))
    },

    async replace(slot, blob, call) {
      return around(about('replace', slot), call.signal, (signal) =>
        inner.replace(slot, blob, { ...call, signal }),
      )
    },

    async purge(slot, call) {
      return around(about('purge', slot), call?.signal, (signal) => inner.purge(slot, { ...call, signal }))
    },

    async createSidecar(key, bytes, call) {
      return around(about('createSidecar', key), call?.signal, (signal) =>
        inner.createSidecar(key, bytes, { ...call, signal }),
      )
    },

    async readSidecar(key, call) {
      return around(about('readSidecar', key), call?.signal, (signal) =>
        inner.readSidecar(key, { ...call, signal }),
      )
    },

    async listSidecars(slot, call) {
      return around(about('listSidecars', slot), call?.signal, (signal) =>
        inner.listSidecars(slot, { ...call, signal }),
      )
    },

    async deleteSidecar(key, call) {
      return around(about('deleteSidecar', key), call?.signal, (signal) =>
        inner.deleteSidecar(key, { ...call, signal }),
      )
    },
  }
}
