import { setImmediate as turn } from 'node:timers/promises'
import { memoryBackend, memoryLocation, sealedBlob } from '@sealring/core'
import type { Backend, MemoryLocation, SealedBlob, Slot } from '@sealring/core'
import { faultyBackend, type Fault } from '../faulty-backend.js'
import { bitRot } from './bit-rot.js'
import { claims } from './claims.js'
import { seededRandom, type Random } from './random.js'
import { scheduler, type Scheduler } from './scheduler.js'
import { count, type Tally } from './tally.js'
import { trouble } from './trouble.js'

export interface Place {
  readonly id: string
  readonly memory: MemoryLocation
  down: boolean
}

/** A client's process: after a crash nothing that it does reaches anything. */
export interface Process {
  readonly client: number
  alive: boolean
  /** Operation and place of its last call. */
  last?: string
}

/** Bytes that a client had a location write. */
export interface Write {
  readonly slot: Slot
  readonly place: string
  /** That was the arbiter then. */
  readonly toArbiter: boolean
  readonly operation: 'create' | 'replace'
  /** The digest that the place recorded before, and that of the bytes it had. */
  readonly before: readonly string[]
  /** The blob that was there, an intact one, is kept as a fork beside the slot. */
  readonly saved: boolean
  /** What an arbiter's blob must name that had been written somewhere before, once all is quiet. */
  readonly follows: readonly string[]
  readonly bytes: Uint8Array
  readonly digest: string
}

/** Who else is there: nobody, or somebody who can write to one location and has no key. */
export type Attack = 'none' | 'replica' | 'arbiter'

/** How probable each trouble is. */
export interface Rates {
  readonly refuse: number
  readonly lose: number
  readonly delay: number
  readonly crash: number
  readonly rot: number
  readonly down: number
  readonly partition: number
  readonly stale: number
  readonly jump: number
  readonly abort: number
  readonly attack: number
}

/** Three locations, `a` the first arbiter, and all that can happen to them. */
export interface World {
  readonly random: Random
  readonly rates: Rates
  readonly attack: Attack
  readonly scheduler: Scheduler
  readonly places: readonly Place[]
  readonly tally: Tally
  /** Blobs that the arbiter said it created, by slot. */
  readonly created: Map<string, string[]>
  readonly writes: Write[]
  /** Digests that the arbiter vouches for although nobody put the bytes: after rot, or an attack. */
  readonly vouched: Set<string>
  /** `client place` of those that can't reach each other. */
  readonly cut: Set<string>
  faults: boolean
  /** `id` of the location that orders the writers: in the end another one is appointed. */
  arbiter: string
  /** The locations as one process reaches them. */
  backendsFor(process: Process): Backend[]
  /** The locations without faults in between. */
  quietBackends(): Backend[]
  /** Damage a stored blob, or change what is up. */
  disturb(): void
  /** Until nobody asks a location any more: read repairs go on in the background. */
  quiet(): Promise<void>
}

export const arbiterId = 'a'
export const slotKey = ({ name, revision }: Slot) => `${name}@${revision}`

export function makeWorld(seed: number): World {
  const random = seededRandom(seed)
  const places: Place[] = [arbiterId, 'b', 'c'].map((id) => ({ id, memory: memoryLocation(), down: false }))
  const tally: Tally = new Map()
  // Each seed has troubles of its own; some have hardly any.
  const rates: Rates = {
    refuse: random.next() ** 3 * 0.3,
    lose: random.next() ** 3 * 0.4,
    delay: random.next() ** 3 * 0.3,
    crash: random.next() ** 3 * 0.08,
    rot: random.next() ** 2 * 0.5,
    down: random.next() ** 2 * 0.3,
    partition: random.next() ** 3 * 0.4,
    stale: random.next() ** 3 * 0.4,
    jump: random.next() ** 3 * 0.1,
    abort: random.next() ** 3 * 0.3,
    attack: 0.2 + random.next() * 0.5,
  }
  const attack = random.pick<Attack>(['none', 'none', 'none', 'replica', 'replica', 'arbiter'])
  const onJump = () => count(tally, 'fault: clock jump')
  const rot = bitRot(random)

  let calls = 0

  const self: World = {
    random,
    rates,
    attack,
    scheduler: scheduler({ random, jumps: rates.jump, onJump }),
    places,
    tally,
    created: new Map(),
    writes: [],
    vouched: new Set(),
    cut: new Set(),
    faults: true,
    arbiter: arbiterId,
    disturb() {
      if (random.chance(rates.rot)) rot(self)
      for (const place of places) {
        if (!random.chance(0.3)) continue
        place.down = random.chance(rates.down)
        const link = `${random.index(3)} ${place.id}`
        if (random.chance(rates.partition)) self.cut.add(link)
        else self.cut.delete(link)
      }
    },
    async quiet() {
      for (let before = -1; before !== calls;) {
        before = calls
        for (let turns = 0; turns < 20; turns++) await turn()
      }
    },
    quietBackends: () => places.map((place) => noting(place, self)),
    backendsFor: (process) =>
      places.map((place) => {
        const wrapped = faultyBackend(noting(place, self))
        wrapped.inject(counting(trouble(self, place, process), () => (calls += 1)))
        return wrapped.backend
      }),
  }
  return self
}

function counting(fault: Fault, onCall: () => void): Fault {
  return {
    ...fault,
    run(pass, operation) {
      onCall()
      return fault.run(pass, operation)
    },
  }
}

/** A location that keeps a list of what it was told to write. */
function noting(place: Place, world: World): Backend {
  const { created, writes } = world
  const backend = memoryBackend({ id: place.id, location: place.memory })
  const digestsAt = ({ name, revision }: Slot): string[] => {
    const blob = place.memory.blobs.get(name)?.get(revision)
    return blob ? [blob.digest, sealedBlob(blob.bytes).digest] : []
  }
  /** What the next revision may name: the recorded digest, and that which a tombstone stands for, wherever its bytes are. */
  const namesOf = ({ name, revision }: Slot): string[] => {
    const recorded = place.memory.blobs.get(name)?.get(revision)
    if (!recorded) return []
    const { digest } = recorded
    const copies = [recorded, ...world.places.map(({ memory }) => memory.blobs.get(name)?.get(revision))]
    const bytes = copies.find((copy) => copy && sealedBlob(copy.bytes).digest === digest)?.bytes
    const { 'sealring-destroyed': destroyed } = claims(bytes ?? recorded.bytes)
    return destroyed === undefined ? [digest] : [digest, destroyed]
  }
  const isSaved = ({ name, revision }: Slot, digest: string | undefined): boolean =>
    place.memory.sidecars.get(`${revision} ${name}`)?.has(`fork ${digest}`) ?? false
  const note = async (
    slot: Slot,
    blob: SealedBlob,
    what: Pick<Write, 'operation' | 'before'>,
  ): Promise<void> => {
    const adopted =
      place.id === arbiterId && !world.faults && writes.some(({ digest }) => digest === blob.digest)
    const { name, revision } = slot
    writes.push({
      ...what,
      slot,
      place: place.id,
      toArbiter: place.id === world.arbiter,
      digest: blob.digest,
      bytes: await blob.bytes(),
      saved: isSaved(slot, what.before[0]),
      follows: adopted ? namesOf({ name, revision: revision - 1 }) : [],
    })
  }
  return {
    ...backend,
    async create(slot, blob, options) {
      const result = await backend.create(slot, blob, options)
      if (result.outcome !== 'created') return result
      await note(slot, blob, { operation: 'create', before: [] })
      const key = slotKey(slot)
      if (place.id === arbiterId) created.set(key, [...(created.get(key) ?? []), blob.digest])
      return result
    },
    async replace(slot, blob, options) {
      const before = digestsAt(slot)
      const result = await backend.replace(slot, blob, options)
      if (result.outcome === 'replaced') await note(slot, blob, { operation: 'replace', before })
      return result
    },
  }
}
