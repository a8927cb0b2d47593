import { BackendError, memoryBackend, memoryLocation, sealedBlob } from '@sealring/core'
import type { Backend, MemoryLocation, Slot } from '@sealring/core'
import { faultyBackend, type Fault } from '../faulty-backend.js'
import { seededRandom, type Random } from './random.js'
import { scheduler, type Scheduler } from './scheduler.js'

export interface Place {
  readonly id: string
  readonly memory: MemoryLocation
  down: boolean
}

/** A client's process: after a crash nothing that it does reaches anything. */
export interface Process {
  alive: boolean
}

/** Thrown into a process that is gone. */
export class Crash extends Error {
  override readonly name = 'Crash'
}

/** Three locations, `a` the arbiter, and all that can happen to them. */
export interface World {
  readonly random: Random
  readonly scheduler: Scheduler
  readonly places: readonly Place[]
  /** Blobs that the arbiter said it created, by slot. */
  readonly created: Map<string, string[]>
  faults: boolean
  /** The locations as one process reaches them. */
  backendsFor(process: Process): Backend[]
  /** The locations without anything in between. */
  quietBackends(): Backend[]
  /** Damage a stored blob, or change what is up. */
  disturb(): void
}

export const arbiterId = 'a'

const writes = new Set(['create', 'replace', 'createSidecar'])

export function world(seed: number): World {
  const random = seededRandom(seed)
  const steps = scheduler(random)
  const places: Place[] = [arbiterId, 'b', 'c'].map((id) => ({ id, memory: memoryLocation(), down: false }))
  // Each seed has troubles of its own; some have hardly any.
  const rates = {
    refuse: random.next() ** 3 * 0.3,
    lose: random.next() ** 3 * 0.4,
    delay: random.next() ** 3 * 0.3,
    crash: random.next() ** 4 * 0.05,
    rot: random.next() ** 2 * 0.5,
    down: random.next() ** 2 * 0.3,
    /** Damage takes the record along, as where a service attests what it holds. */
    attested: random.chance(0.25),
  }
  const created = new Map<string, string[]>()

  const disturb = () => {
    if (random.chance(rates.rot)) damage()
    for (const place of places) if (random.chance(0.3)) place.down = random.chance(rates.down)
  }

  const damage = () => {
    const { memory } = random.pick(places)
    const revisions = memory.blobs.get(random.pick([...memory.blobs.keys(), '']))
    const revision = random.pick([...(revisions?.keys() ?? []), 0])
    const blob = revisions?.get(revision)
    if (!revisions || !blob) return
    const bytes = new Uint8Array(blob.bytes)
    bytes[random.index(bytes.length)]! ^= 1 << random.index(8)
    const digest = rates.attested ? sealedBlob(bytes).digest : blob.digest
    revisions.set(revision, { ...blob, bytes, digest })
  }

  const self: World = {
    random,
    scheduler: steps,
    places,
    created,
    faults: true,
    disturb,
    quietBackends: () => places.map(({ id, memory }) => memoryBackend({ id, location: memory })),
    backendsFor: (process) =>
      places.map((place) => {
        const inner = noting(memoryBackend({ id: place.id, location: place.memory }), created)
        const wrapped = faultyBackend(inner)
        wrapped.inject(trouble(place, process))
        return wrapped.backend
      }),
  }

  const trouble = (place: Place, process: Process): Fault => ({
    async run(pass, operation) {
      const fail = (code: 'UNREACHABLE' | 'OUTCOME_UNKNOWN'): never => {
        throw new BackendError(code, 'Simulated.', { backend: place.id, operation, retryable: true })
      }
      await steps.step()
      if (!process.alive) throw new Crash()
      if (!self.faults) return pass()
      if (random.chance(rates.crash)) {
        process.alive = false
        if (random.chance(0.5)) await pass()
        throw new Crash()
      }
      if (place.down || random.chance(rates.refuse)) fail('UNREACHABLE')
      if (!writes.has(operation)) return pass()
      if (random.chance(rates.delay)) {
        steps.later(pass)
        fail('OUTCOME_UNKNOWN')
      }
      const answer = await pass()
      // The answer takes its time, too: others act between the deed and its acknowledgement.
      await steps.step()
      if (!process.alive) throw new Crash()
      return random.chance(rates.lose) ? fail('OUTCOME_UNKNOWN') : answer
    },
  })
  return self
}

function noting(backend: Backend, created: Map<string, string[]>): Backend {
  if (backend.id !== arbiterId) return backend
  return {
    ...backend,
    async create(slot, blob, options) {
      const result = await backend.create(slot, blob, options)
      const key = slotKey(slot)
      if (result.outcome === 'created') created.set(key, [...(created.get(key) ?? []), blob.digest])
      return result
    },
  }
}

export const slotKey = ({ name, revision }: Slot) => `${name}@${revision}`
