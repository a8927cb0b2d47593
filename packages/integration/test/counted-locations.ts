import { setTimeout as delay } from 'node:timers/promises'
import { memoryBackend, memoryLocation, withHooks, type Backend, type BackendCall } from '@sealring/core'

/** A backend each of whose calls takes as long as the others before it is made: every call costs one round trip. */
export function delayed(inner: Backend, milliseconds: number): Backend {
  const wait = async <T>(call: () => Promise<T>): Promise<T> => {
    await delay(milliseconds)
    return call()
  }
  return {
    id: inner.id,
    capabilities: inner.capabilities,
    create: (slot, blob, call) => wait(() => inner.create(slot, blob, call)),
    read: (slot, call) => wait(() => inner.read(slot, call)),
    stat: (slot, call) => wait(() => inner.stat(slot, call)),
    latest: (name, call) => wait(() => inner.latest(name, call)),
    revisions: (name, call) => wait(() => inner.revisions(name, call)),
    names: (call) => wait(() => inner.names(call)),
    replace: (slot, blob, call) => wait(() => inner.replace(slot, blob, call)),
    purge: (slot, call) => wait(() => inner.purge(slot, call)),
    createSidecar: (key, bytes, call) => wait(() => inner.createSidecar(key, bytes, call)),
    readSidecar: (key, call) => wait(() => inner.readSidecar(key, call)),
    listSidecars: (slot, call) => wait(() => inner.listSidecars(slot, call)),
    deleteSidecar: (key, call) => wait(() => inner.deleteSidecar(key, call)),
  }
}

export interface Cost {
  /** One for each round of calls that were made at the same time: their operations and where, sorted. */
  readonly rounds: readonly string[]
  /** The code of the error that it ended with. */
  readonly code?: string
}

/** Locations in memory with equal latencies, which record what is asked of them and how deep one call waits for another. */
export function countedLocations(ids: readonly string[]) {
  const depths = new Map<BackendCall, number>()
  // Timers of one duration fire in the order in which they were set, so that parallel calls end before what follows them.
  let deepest = 0
  const locations = ids.map((id) =>
    withHooks(delayed(memoryBackend({ id, location: memoryLocation() }), 2), {
      onStart: (call) => depths.set(call, deepest + 1),
      onEnd: (call) => (deepest = Math.max(deepest, depths.get(call) ?? 0)),
    }),
  )
  return {
    locations,
    costOf: async (work: () => Promise<unknown>): Promise<Cost> => {
      depths.clear()
      deepest = 0
      let code: string | undefined
      await work().catch((error: Error & { code?: string }) => {
        if (error.code === undefined) throw error
        code = error.code
      })
      const byDepth: Record<number, string[]> = {}
      for (const [{ operation, location }, depth] of depths)
        (byDepth[depth] ??= []).push(`${operation} ${location}`)
      const rounds = Object.values(byDepth).map((calls) => calls.toSorted().join(', '))
      return { rounds, ...(code !== undefined && { code }) }
    },
  }
}
