import { createStore, SealringError, StoreError } from '@sealring/core'
import type { Receipt, Store, StoreOptions } from '@sealring/core'
import { receiptIn } from '../details.js'
import { arbiterId, slotKey, type Process, type World } from './world.js'

/** What all clients did and saw, to be compared with what the locations hold in the end. */
export interface Record {
  /** Committed revisions that somebody was told of. */
  readonly acknowledged: Map<string, { name: string; revision: number; digest: string; value: string }>
  /** Everything that was handed to put, as `name=value`. */
  readonly offered: Set<string>
  /** Values whose put said that nothing was written. */
  readonly refused: Set<string>
  readonly violations: string[]
  readonly log: string[]
}

export function emptyRecord(): Record {
  return { acknowledged: new Map(), offered: new Set(), refused: new Set(), violations: [], log: [] }
}

export const names = ['n/1', 'n/2']

/** One client that does a few random things, and dies of a crash, to be followed by another process. */
export async function runClient(
  id: number,
  world: World,
  record: Record,
  options: Pick<StoreOptions, 'id' | 'keyring' | 'hedgeAfter'>,
): Promise<void> {
  const { random } = world
  let process: Process = { alive: true }
  let store: Store
  let seen: Map<string, { revision: number; digest: string }>
  let pending: Receipt[] = []
  let count = 0

  const start = () => {
    process = { alive: true }
    seen = new Map()
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
  start()

  const violate = (what: string) => record.violations.push(`client ${id}: ${what}`)
  const note = (what: string) => record.log.push(`client ${id}: ${what}`)

  /** The error of an operation; a code is missing only from what a dead process says. */
  const attempt = async <Result>(
    what: string,
    work: () => Promise<Result>,
  ): Promise<Result | SealringError | undefined> => {
    try {
      const result = await work()
      note(`${what}: done`)
      return process.alive ? result : undefined
    } catch (error) {
      note(`${what}: ${error instanceof SealringError ? error.code : String(error)}`)
      if (!(error instanceof SealringError)) violate(`${what} failed without a code: ${String(error)}`)
      return process.alive && error instanceof SealringError ? error : undefined
    }
  }

  const see = (name: string, { revision, digest }: { revision: number; digest: string }) => {
    const before = seen.get(name)
    if (before?.revision === revision && before.digest !== digest)
      violate(`saw two blobs of ${name}@${revision}`)
    if (revision > (before?.revision ?? 0)) seen.set(name, { revision, digest })
  }

  const acknowledge = (receipt: Receipt, value: string) => {
    const { name, revision, digest } = receipt
    const before = record.acknowledged.get(slotKey(receipt))
    if (before && before.digest !== digest) violate(`${slotKey(receipt)} was acknowledged twice`)
    record.acknowledged.set(slotKey(receipt), { name, revision, digest, value })
    see(name, receipt)
  }

  const put = async () => {
    const name = random.pick(names)
    const value = `${id}/${count++}`
    record.offered.add(`${name}=${value}`)
    const copies = 1 + random.index(3)
    const requestId = random.chance(0.5) ? `request-${value}` : undefined
    const ifRevision = random.chance(0.2) ? (seen.get(name) ?? 0) : undefined
    for (let times = 0; times < (requestId ? 3 : 1); times++) {
      const result = await attempt(`put ${name}=${value}`, () =>
        store.put(name, value, {
          copies,
          ...(requestId ? { requestId } : {}),
          ...(ifRevision === undefined ? {} : { ifRevision }),
        }),
      )
      if (result && !(result instanceof SealringError)) return acknowledge(result, value)
      if (result instanceof StoreError && result.code === 'PUT_INCOMPLETE') {
        const receipt = receiptIn(result)
        if (receipt.committed === true) acknowledge(receipt, value)
        pending.push(receipt)
      } else if (result && !requestId) record.refused.add(value)
      if (!process.alive || random.chance(0.3)) start()
    }
    return undefined
  }

  const get = async () => {
    const name = random.pick(names)
    const freshness = random.pick(['nearest', 'arbiter', 'all'] as const)
    const acknowledgedBefore = Math.max(
      0,
      ...[...record.acknowledged.values()]
        .filter((each) => each.name === name)
        .map(({ revision }) => revision),
    )
    const seenBefore = seen.get(name)?.revision ?? 0
    const result = await attempt(`get ${name} ${freshness}`, () => store.get(name, { freshness }))
    if (!result) return
    if (result instanceof SealringError) {
      if (result.code === 'NOT_FOUND' && acknowledgedBefore > 0)
        violate(`${name} was acknowledged, and not found`)
      return
    }
    checkValue(name, result)
    if (result.revision < seenBefore) violate(`${name} went back from ${seenBefore} to ${result.revision}`)
    if (freshness === 'arbiter' && result.revision < acknowledgedBefore)
      violate(
        `the arbiter's latest of ${name} was ${result.revision}, ${acknowledgedBefore} was acknowledged`,
      )
    see(name, result)
  }

  const getRevision = async () => {
    const name = random.pick(names)
    const revision = 1 + random.index(4)
    const result = await attempt(`get ${name}@${revision}`, () => store.get(name, { revision }))
    if (!result || result instanceof SealringError) return
    checkValue(name, result)
    see(name, result)
  }

  const checkValue = (name: string, entry: { revision: number; digest: string; plaintext: Uint8Array }) => {
    const value = Buffer.from(entry.plaintext).toString()
    if (!record.offered.has(`${name}=${value}`)) violate(`${name} has the value ${value}, which nobody put`)
    const known = record.acknowledged.get(slotKey({ name, revision: entry.revision }))
    if (known && known.digest !== entry.digest)
      violate(`${name}@${entry.revision} is not what was acknowledged`)
  }

  const complete = async () => {
    const receipt = pending.pop()
    if (!receipt) return
    const result = await attempt(`complete ${slotKey(receipt)}`, () => store.complete(receipt))
    if (result && !(result instanceof SealringError)) see(receipt.name, receipt)
  }

  const deeds: (() => Promise<void>)[] = [
    put,
    put,
    put,
    get,
    get,
    getRevision,
    complete,
    async () => void (await attempt('repair', () => store.repair())),
    async () => void (await attempt('verify', () => store.verify({ open: random.chance(0.5) }))),
    async () => void (await attempt('history', () => store.history(random.pick(names)))),
  ]
  for (let deed = 0; deed < 7; deed++) {
    await random.pick(deeds)()
    world.disturb()
    if (!process.alive) {
      pending = []
      start()
    }
  }
}
