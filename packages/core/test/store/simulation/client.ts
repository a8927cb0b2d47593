import {
  createStore,
  errorCodes,
  SealringError,
  type Receipt,
  type Store,
  type StoreOptions,
} from '@sealring/core'
import type { Attacker } from './attacker.js'
import type { Record } from './record.js'
import { count } from './tally.js'
import { arbiterId, slotKey, type Process, type World } from './world.js'

export type SharedOptions = Pick<StoreOptions, 'id' | 'keyring' | 'hedgeAfter' | 'readRepair'>

/** One client: a process that dies of crashes, and is followed by another. */
export interface Client {
  readonly world: World
  readonly record: Record
  /** Of the process that lives now. */
  readonly store: Store
  readonly alive: boolean
  /** Receipts of puts that were incomplete. */
  readonly pending: Receipt[]
  /** Another process takes over, which has seen nothing. */
  restart(): void
  readonly violate: (what: string) => void
  /**
   * Do something. Its result, or its error, if the process that asked is still there. An error must have a documented
   * code, or be the reason for which the caller aborted.
   */
  attempt<Result>(
    what: string,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result | SealringError | undefined>
  /** What this process was told to exist. */
  readonly see: (name: string, seen: Seen) => void
  seen(name: string): Seen | undefined
  /** Revisions that this process has destroyed, or found destroyed. */
  readonly gone: Set<string>
  /** A new value that nobody has put yet. */
  newValue(): string
}

export interface Seen {
  readonly revision: number
  readonly digest: string
}

class Aborted extends Error {}

export function client(id: number, world: World, record: Record, options: SharedOptions): Client {
  const { random, tally, scheduler, rates } = world
  const pending: Receipt[] = []
  let process: Process
  let store: Store
  let seen: Map<string, Seen>
  const gone = new Set<string>()
  let values = 0

  const violate = (what: string) => void record.violations.push(`client ${id}: ${what}`)
  const restart = () => {
    process = { client: id, alive: true }
    seen = new Map()
    gone.clear()
    const locations = world.backendsFor(process)
    const turned = random.chance(0.5) ? locations : locations.toReversed()
    store = createStore({
      ...options,
      suite: 'unsigned',
      arbiter: arbiterId,
      maxAttempts: 4,
      locations: turned,
    })
  }
  restart()

  return {
    world,
    record,
    get store() {
      return store
    },
    get alive() {
      return process.alive
    },
    pending,
    gone,
    restart,
    violate,
    async attempt(what, work) {
      const kind = what.split(' ')[0]!
      const asking = process
      const abort = new AbortController()
      const reason = new Aborted()
      if (random.chance(rates.abort))
        scheduler.later(() => Promise.resolve(count(tally, 'fault: abort')).then(() => abort.abort(reason)))
      const end = (outcome: string): void => {
        if (!asking.alive) return count(tally, `${kind}: died`)
        count(tally, `${kind}: ${outcome}`)
        record.log.push(`client ${id}: ${what}: ${outcome}`)
      }
      try {
        const result = await work(abort.signal)
        end('done')
        return asking.alive ? result : undefined
      } catch (error) {
        const documented = error instanceof SealringError && Object.hasOwn(errorCodes, error.code)
        const outcome = documented ? error.code : String(error)
        end(error === reason ? 'aborted' : outcome)
        if (!documented && error !== reason) violate(`${what} failed without a code: ${outcome}`)
        return asking.alive && documented ? error : undefined
      }
    },
    see(name, now) {
      const before = seen.get(name)
      if (before?.revision === now.revision && before.digest !== now.digest)
        violate(`saw two blobs of ${slotKey({ name, revision: now.revision })}`)
      if (now.revision > (before?.revision ?? 0)) seen.set(name, now)
    },
    seen: (name) => seen.get(name),
    newValue: () => `${id}/${values++}`,
  }
}

/** A client does a few random things; between them others do theirs, and the attacker. */
export async function runClient(
  self: Client,
  deeds: readonly ((client: Client) => Promise<void>)[],
  attack: Attacker,
): Promise<void> {
  for (let deed = 0; deed < 7; deed++) {
    await self.world.random.pick(deeds)(self)
    self.world.disturb()
    await attack()
    if (self.alive) continue
    // A process that comes after another one knows what that one kept, or doesn't.
    if (self.world.random.chance(0.5)) self.pending.length = 0
    self.restart()
  }
}
