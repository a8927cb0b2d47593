import { createHash } from 'node:crypto'
import { buildClient } from '@sealring/core/envelope'
import { createStore, SealringError, type Store, type StoreOptions } from '@sealring/core'
import { removeManifests } from './attacker.js'
import { damagedDigest } from './bit-rot.js'
import { claims } from './claims.js'
import type { SharedOptions } from './client.js'
import { names } from './deeds.js'
import { objectionTo, type Acknowledged, type Record } from './record.js'
import { count } from './tally.js'
import { arbiterId, slotKey, type World } from './world.js'

interface End {
  readonly world: World
  readonly record: Record
  /** A process that has seen nothing, with nothing in its way. */
  readonly fresh: (options?: Partial<StoreOptions>) => Store
  readonly violate: (what: string) => void
}

/** When all clients are done and all locations up: what must be true now, and after repair. */
export async function checkEnd(world: World, record: Record, options: SharedOptions): Promise<void> {
  const fresh = (more: Partial<StoreOptions> = {}) =>
    createStore({
      ...options,
      hedgeAfter: false,
      readRepair: false,
      suite: 'unsigned',
      arbiter: arbiterId,
      locations: world.quietBackends(),
      ...more,
    })
  const violate = (what: string) => void record.violations.push(`in the end: ${what}`)
  const end: End = { world, record, fresh, violate }
  const harmless = world.attack !== 'arbiter'
  // The attack is over: somebody has corrected the manifests.
  if (world.attack === 'replica') removeManifests(world.places, ({ id }) => id !== arbiterId)

  if (harmless)
    for (const [slot, digests] of world.created)
      if (digests.length > 1) violate(`${digests.length} blobs were created at the arbiter as ${slot}`)
  const intact = [...record.acknowledged.values()].filter(
    (each) => intactCopies(world, each) > 0 && !record.destroying.has(slotKey(each)),
  )
  const destroyed: string[] = []
  for (const slot of record.destroyed) if (await hasTombstone(world, slot, options)) destroyed.push(slot)
  if (harmless) await checkIntact(end, intact, 'before repair')
  if (record.acknowledged.size > 0 || destroyed.length > 0) {
    await fresh().repair()
    await checkRepaired(end)
  }
  if (harmless) {
    await checkIntact(end, intact, 'after repair')
    await checkDestroyed(end, destroyed)
    checkCopies(end, intact)
    await checkRequests(end)
  }
  await checkReadable(end)
  await checkNextPut(end)
}

/** Whatever can be read was put there. */
async function checkReadable({ record, fresh, violate, world }: End): Promise<void> {
  for (const name of names)
    for (const { id } of world.places) {
      const locations = world.quietBackends().toSorted((one) => (one.id === id ? -1 : 1))
      const entry = await fresh({ locations })
        .get(name)
        .catch(() => undefined)
      const objection = entry && objectionTo(record, name, entry)
      if (objection && !(world.attack === 'arbiter' && objection.endsWith('acknowledged'))) violate(objection)
    }
}

async function checkIntact(
  { fresh, violate }: End,
  intact: readonly Acknowledged[],
  when: string,
): Promise<void> {
  for (const { name, revision, digest, value } of intact) {
    const entry = await fresh()
      .get(name, { revision })
      .catch((error: unknown) => violate(`${slotKey({ name, revision })} is lost ${when}: ${String(error)}`))
    if (typeof entry !== 'object') continue
    const same = entry.digest === digest && Buffer.from(entry.plaintext).toString() === value
    if (!same) violate(`${slotKey({ name, revision })} is another one ${when}`)
  }
}

/** The second repair finds nothing that it can do, and verify nothing that repair has not named. */
async function checkRepaired({ fresh, violate }: End): Promise<void> {
  const second = await fresh().repair()
  if (second.writes.length > 0) violate(`the second repair wrote ${JSON.stringify(second.writes)}`)
  const left = new Set(second.left.map(slotKey))
  const { findings } = await fresh().verify()
  for (const { state, location, ...slot } of findings)
    if (!left.has(slotKey(slot)))
      violate(`${slotKey(slot)} at ${location} is ${state}, and repair did not say so`)
}

function checkCopies({ world, violate }: End, intact: readonly Acknowledged[]): void {
  for (const each of intact) {
    const { name, revision, digest } = each
    const copies = intactCopies(world, each) + tombstonesOf(world, each)
    // What the arbiter recorded is what repair goes by: where that is damaged, it leaves the name's chain alone.
    const recorded = [...(world.places[0]!.memory.blobs.get(name)?.values() ?? [])]
    const damagedRecord = recorded.some((blob) => blob.digest === damagedDigest)
    const replaced = world.places[0]!.memory.blobs.get(name)?.get(revision)?.digest !== digest
    if (copies < 3 && !damagedRecord && !replaced)
      violate(`${slotKey(each)} has ${copies} copies after repair`)
  }
}

/** What the arbiter holds: each request once, and nothing that a put said it did not write. */
async function checkRequests({ world, record, fresh, violate }: End): Promise<void> {
  const requests = new Map<string, number>()
  for (const name of names) {
    const revisions = world.places[0]!.memory.blobs.get(name) ?? new Map<number, never>()
    for (const [revision, { bytes, digest }] of revisions) {
      if (sha256(bytes) !== digest) continue
      const wrote = claims(bytes)['sealring-destroyed-request']
      if (wrote !== undefined) {
        if (requests.has(wrote))
          violate(`request ${wrote} made ${requests.get(wrote)} and ${revision}, destroyed`)
        requests.set(wrote, revision)
        continue
      }
      const entry = await fresh()
        .get(name, { revision })
        .catch(() => undefined)
      const value = entry && Buffer.from(entry.plaintext).toString()
      if (value !== undefined && record.refused.has(value)) violate(`${value} was refused, and is there`)
      if (entry?.digest !== digest) continue
      const request = claims(bytes)['sealring-request'] ?? ''
      if (requests.has(request)) violate(`request ${request} made ${requests.get(request)} and ${revision}`)
      requests.set(request, revision)
    }
  }
}

/** No slot is spent by what was planted: the next put gets the next number, and repair brings it everywhere. */
async function checkNextPut({ world, record, fresh, violate }: End): Promise<void> {
  if (world.attack === 'arbiter') return
  for (const name of names) {
    const blobs = world.places[0]!.memory.blobs.get(name)
    const tip = Math.max(0, ...(blobs?.keys() ?? []))
    const last = blobs?.get(tip)
    if (!last || sha256(last.bytes) !== last.digest || world.vouched.has(last.digest)) continue
    record.offered.add(`${name}=the last`)
    const receipt = await fresh().put(name, 'the last', { copies: 1 })
    if (receipt.revision !== tip + 1) violate(`the next put of ${name} got ${receipt.revision} after ${tip}`)
    if (receipt.copies.some(({ outcome }) => outcome !== 'stored'))
      count(world.tally, 'attack succeeded: the next slot was occupied until repair')
    await fresh().repair()
    const copies = intactCopies(world, receipt)
    if (copies < 3) violate(`${slotKey(receipt)}, put in the end, has ${copies} copies after repair`)
  }
}

/**
 * Replicas that hold a tombstone of the blob which doesn't open. As nobody can tell whether only the key is missing, it keeps
 * its place, and does no more.
 */
function tombstonesOf({ places, tally }: World, { name, revision, digest }: Acknowledged): number {
  const kept = places.slice(1).filter(({ memory }) => {
    const bytes = memory.blobs.get(name)?.get(revision)?.bytes
    return bytes && claims(bytes)['sealring-destroyed'] === digest
  })
  if (kept.length > 0) count(tally, 'attack succeeded: a forged tombstone kept its place at a replica')
  return kept.length
}

/** There is an undamaged tombstone that repair can go by: one that opens, since rot may take the record along. */
async function hasTombstone({ places }: World, slot: string, { keyring }: SharedOptions): Promise<boolean> {
  const [name = '', revision] = slot.split('@')
  const client = buildClient('REQUIRE_ENCRYPT_REQUIRE_DECRYPT')
  // Where the arbiter's record is damaged, repair leaves the slot, and a replica that destroy didn't reach keeps its blob.
  const kept = places[0]!.memory.blobs.get(name)?.get(Number(revision))
  if (kept?.digest === damagedDigest) return false
  // Damage that the arbiter attests, and that makes its bytes look like another key's: nothing speaks against them.
  const foreign = await client.decrypt(keyring, kept?.bytes ?? new Uint8Array()).then(
    () => false,
    (error: unknown) => error instanceof SealringError && error.code === 'NO_DATA_KEY',
  )
  if (foreign) return false
  for (const { memory } of places) {
    const blob = memory.blobs.get(name)?.get(Number(revision))
    if (!blob || sha256(blob.bytes) !== blob.digest) continue
    const opened = await client.decrypt(keyring, blob.bytes).catch(() => undefined)
    const { 'sealring-destroyed': destroyed, 'sealring-store': store } =
      opened?.messageHeader.encryptionContext ?? {}
    if (destroyed !== undefined && store === 'simulated') return true
  }
  return false
}

/** Destroyed stays destroyed, whichever location is asked first. */
async function checkDestroyed({ world, fresh, violate }: End, destroyed: readonly string[]): Promise<void> {
  for (const slot of destroyed) {
    const [name = '', revision] = slot.split('@')
    for (const { id } of world.places) {
      const locations = world.quietBackends().toSorted((one) => (one.id === id ? -1 : 1))
      const outcome = await fresh({ locations })
        .get(name, { revision: Number(revision) })
        .then(
          () => 'it opens',
          (error: unknown) => (error instanceof SealringError ? error.code : String(error)),
        )
      if (outcome !== 'DESTROYED')
        violate(`${slot} was destroyed, and is ${outcome} where ${id} is the nearest`)
    }
  }
}

export function intactCopies(
  { places }: World,
  { name, revision, digest }: { name: string; revision: number; digest: string },
): number {
  return places.filter(({ memory }) => {
    const blob = memory.blobs.get(name)?.get(revision)
    return blob?.digest === digest && sha256(blob.bytes) === digest
  }).length
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
