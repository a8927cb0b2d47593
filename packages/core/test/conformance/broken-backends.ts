import { collect, memoryBackend, sealedBlob, type Backend, type SealedBlob, type Slot } from '@sealring/core'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** A backend with one fault, and a case of the suite that must notice it. */
export interface BrokenBackend {
  readonly fault: string
  readonly caughtBy: string
  /** `whole` works; what is returned takes the place of some of its methods. */
  readonly breakIt: (whole: Backend) => Partial<Backend>
}

async function forceIn(whole: Backend, slot: Slot, blob: SealedBlob): Promise<string> {
  for (;;) {
    const result = await whole.create(slot, blob)
    if (result.outcome === 'created') return result.versionToken
    const replaced = await whole.replace(slot, blob, { expect: result.versionToken })
    if (replaced.outcome === 'replaced') return replaced.versionToken
  }
}

async function recode(blob: SealedBlob, change: (bytes: Buffer) => Uint8Array): Promise<SealedBlob> {
  return sealedBlob(change(Buffer.from(await blob.bytes())))
}

const folded = (slot: Slot) => ({ ...slot, name: slot.name.toLowerCase() })

export const brokenBackends: readonly BrokenBackend[] = [
  {
    fault: 'overwrites on create',
    caughtBy: 'create: an occupied slot keeps its bytes',
    breakIt: (whole) => ({
      create: async (slot, blob) => ({ outcome: 'created', versionToken: await forceIn(whole, slot, blob) }),
    }),
  },
  {
    fault: 'looks, then writes, and declares conditionalCreate',
    caughtBy: 'create: of twenty racing creators exactly one wins',
    breakIt: (whole) => ({
      create: async (slot, blob, call) => {
        call?.signal?.throwIfAborted()
        if (await whole.stat(slot)) return whole.create(slot, blob, call)
        await nextTurn()
        return { outcome: 'created', versionToken: await forceIn(whole, slot, blob) }
      },
    }),
  },
  {
    fault: 'answers "exists" with the digest of the caller',
    caughtBy: 'create: an empty slot is created, an occupied one exists with its digest',
    breakIt: (whole) => ({
      create: async (slot, blob, call) => ({
        ...(await whole.create(slot, blob, call)),
        digest: blob.digest,
      }),
    }),
  },
  {
    fault: 'loses the last byte',
    caughtBy: 'read: 1024 bytes come back identical',
    breakIt: (whole) => ({
      create: async (slot, blob, call) =>
        whole.create(slot, await recode(blob, (bytes) => bytes.subarray(0, -1)), call),
    }),
  },
  {
    fault: 'passes bytes through a string',
    caughtBy: 'read: every value of a byte survives',
    breakIt: (whole) => ({
      create: async (slot, blob, call) =>
        whole.create(slot, await recode(blob, (bytes) => Buffer.from(bytes.toString())), call),
    }),
  },
  {
    fault: 'answers the blob of another name',
    caughtBy: 'create: slots are told apart by name and by revision',
    breakIt: (whole) => ({ read: (slot, call) => whole.read({ ...slot, name: 'one' }, call) }),
  },
  {
    fault: 'folds the case of names',
    caughtBy: 'names: awkward names are kept apart, and listed as they are',
    breakIt: (whole) => ({
      create: (slot, blob, call) => whole.create(folded(slot), blob, call),
      read: (slot, call) => whole.read(folded(slot), call),
      stat: (slot, call) => whole.stat(folded(slot), call),
    }),
  },
  {
    fault: 'takes a missing blob for an empty one',
    caughtBy: 'read: what is absent is undefined',
    breakIt: (whole) => ({
      read: async (slot, call) =>
        (await whole.read(slot, call)) ?? {
          ...slot,
          digest: sealedBlob(new Uint8Array()).digest,
          size: 0,
          attested: false,
          versionToken: '',
          body: sealedBlob(new Uint8Array()).stream(),
        },
    }),
  },
  {
    fault: 'includes the end of a range',
    caughtBy: 'read: a range gives exactly its bytes',
    breakIt: (whole) => ({
      read: (slot, call) => {
        const range = call?.range
        return whole.read(slot, { ...call, range: range && { start: range.start, end: range.end + 1 } })
      },
    }),
  },
  {
    fault: 'attests a digest that was only noted',
    caughtBy: 'read: an attested digest is that of the bytes which are there now',
    breakIt: (whole) => ({
      stat: async (slot, call) => {
        const stat = await whole.stat(slot, call)
        return stat && { ...stat, attested: true }
      },
    }),
  },
  {
    fault: 'orders revisions as strings',
    caughtBy: 'latest: the highest revision, compared as a number',
    breakIt: (whole) => ({
      latest: async (name, call) => {
        const { items } = await whole.revisions(name, call)
        return items.toSorted((a, b) => (String(a.revision) < String(b.revision) ? -1 : 1)).at(-1)
      },
    }),
  },
  {
    fault: 'lists one page only',
    caughtBy: 'names: each exactly once in pages of 2',
    breakIt: (whole) => ({ names: async (call) => ({ items: (await whole.names(call)).items }) }),
  },
  {
    fault: 'forgets the prefix of a listing',
    caughtBy: 'names: a prefix is compared character by character',
    breakIt: (whole) => ({ names: (call) => whole.names({ ...call, prefix: undefined }) }),
  },
  {
    fault: 'ignores the version token',
    caughtBy: 'replace: with a token of the past, nothing is written',
    breakIt: (whole) => ({
      replace: async (slot, blob) =>
        (await whole.stat(slot))
          ? { outcome: 'replaced', versionToken: await forceIn(whole, slot, blob) }
          : { outcome: 'changed' },
    }),
  },
  {
    fault: 'replaces what is not there',
    caughtBy: 'replace: an empty slot stays empty',
    breakIt: (whole) => ({
      replace: async (slot, blob, call) =>
        (await whole.stat(slot))
          ? whole.replace(slot, blob, call)
          : { outcome: 'replaced', versionToken: await forceIn(whole, slot, blob) },
    }),
  },
  {
    fault: 'forgets sidecars',
    caughtBy: 'sidecars: created once, read back, never overwritten',
    breakIt: () => ({ createSidecar: async () => ({ outcome: 'created' }) }),
  },
  {
    fault: 'keeps sidecars that were removed',
    caughtBy: 'sidecars: removing is final, and harmless when absent',
    breakIt: () => ({ deleteSidecar: async () => {} }),
  },
  {
    fault: 'keeps sidecars as revisions',
    caughtBy: 'sidecars: no part of latest, revisions and names',
    breakIt: (whole) => ({
      createSidecar: async (key, bytes, call) => {
        const result = await whole.createSidecar(key, bytes, call)
        await whole.create({ name: key.name, revision: key.revision || 1 }, sealedBlob(bytes))
        return result
      },
    }),
  },
  {
    fault: 'lends out its own memory',
    caughtBy: 'read: the bytes are the caller’s own',
    breakIt: (whole) => {
      const lent = new Map<string, Uint8Array>()
      return {
        read: async (slot, call) => {
          const stored = await whole.read(slot, call)
          if (!stored || call?.range) return stored
          const bytes = lent.get(stored.versionToken) ?? (await collect(stored.body))
          lent.set(stored.versionToken, bytes)
          return { ...stored, body: sealedBlob(bytes).stream() }
        },
      }
    },
  },
  {
    fault: 'purges what is there now',
    caughtBy: 'purge: what is there now stays, and it can be repeated',
    breakIt: (whole) => ({
      purge: async (slot, call) => {
        const expect = (await whole.stat(slot, call))?.versionToken
        if (expect !== undefined) await whole.replace(slot, sealedBlob(new Uint8Array()), { expect })
        return { retained: [] }
      },
    }),
  },
  {
    fault: 'ignores the signal',
    caughtBy: 'abort: an aborted signal rejects every call with its reason',
    breakIt: (whole) => ({ create: (slot, blob) => whole.create(slot, blob) }),
  },
  {
    fault: 'takes more than it declares',
    caughtBy: 'limits: a blob that is too large is refused before it is read',
    breakIt: (whole) => ({ capabilities: { ...whole.capabilities, maxBlobBytes: 1000 } }),
  },
  {
    fault: 'takes names of any shape',
    caughtBy: 'arguments: names, revisions, kinds and ids outside the grammar are refused',
    breakIt: (whole) => ({ latest: async (name, call) => whole.latest(name.trim() || 'empty', call) }),
  },
  {
    fault: 'forgets everything when it is opened again',
    caughtBy: 'fixture: a reopened location has what was written',
    breakIt: () => memoryBackend({ id: 'memory' }),
  },
]
