import { createHash } from 'node:crypto'
import { createStore } from '@sealring/core'
import type { KeyringNode } from '@aws-crypto/material-management-node'
import { inspect } from '#src/envelope/inspect.js'
import { emptyRecord, names, runClient, type Record } from './client.js'
import { arbiterId, slotKey, world, type World } from './world.js'

/** Run one seed. Returns what was violated, and the log to find out why. */
export async function simulate(seed: number, keyring: KeyringNode): Promise<Record> {
  const everything = world(seed)
  const record = emptyRecord()
  // No timers: all locations at once, or one after another.
  const hedgeAfter = everything.random.chance(0.5) ? (0 as const) : (false as const)
  const options = { id: 'simulated', keyring, hedgeAfter }
  const clients = [0, 1, 2].map((id) => runClient(id, everything, record, options))
  await everything.scheduler.run(clients)
  everything.faults = false
  await everything.scheduler.flush()
  await checkEnd(everything, record, options)
  return record
}

async function checkEnd(
  everything: World,
  record: Record,
  options: { id: string; keyring: KeyringNode; hedgeAfter: 0 | false },
): Promise<void> {
  const violate = (what: string) => record.violations.push(`in the end: ${what}`)
  const fresh = () =>
    createStore({ ...options, suite: 'unsigned', arbiter: arbiterId, locations: everything.quietBackends() })

  for (const [slot, digests] of everything.created)
    if (digests.length > 1) violate(`${digests.length} blobs were created at the arbiter as ${slot}`)
  const intact = [...record.acknowledged.values()].filter((each) => intactCopies(everything, each) > 0)
  const checkIntact = async (when: string) => {
    for (const { name, revision, digest, value } of intact) {
      const entry = await fresh()
        .get(name, { revision })
        .catch((error: unknown) =>
          violate(`${slotKey({ name, revision })} is lost ${when}: ${String(error)}`),
        )
      if (typeof entry !== 'object') continue
      const same = entry.digest === digest && Buffer.from(entry.plaintext).toString() === value
      if (!same) violate(`${slotKey({ name, revision })} is another one ${when}`)
    }
  }
  await checkIntact('before repair')
  if (record.acknowledged.size > 0) {
    await fresh().repair()
    const second = await fresh().repair()
    if (second.writes.length > 0) violate(`the second repair wrote ${JSON.stringify(second.writes)}`)
    if (second.failures.length > 0) violate(`the second repair failed: ${JSON.stringify(second.failures)}`)
  }
  await checkIntact('after repair')
  for (const { name, revision, digest } of intact) {
    const copies = intactCopies(everything, { name, revision, digest })
    const attestedDamage = everything.places[0]!.memory.blobs.get(name)?.get(revision)?.digest !== digest
    if (copies < 3 && !attestedDamage)
      violate(`${slotKey({ name, revision })} has ${copies} copies after repair`)
  }
  await checkArbiter(everything, record, fresh, violate)
}

/** What the arbiter holds: each request once, and nothing that a put said it did not write. */
async function checkArbiter(
  everything: World,
  record: Record,
  fresh: () => ReturnType<typeof createStore>,
  violate: (what: string) => void,
): Promise<void> {
  const requests = new Map<string, number>()
  for (const name of names) {
    const revisions = everything.places[0]!.memory.blobs.get(name) ?? new Map<number, never>()
    for (const [revision, { bytes, digest }] of revisions) {
      if (createHash('sha256').update(bytes).digest('hex') !== digest) continue
      const entry = await fresh()
        .get(name, { revision })
        .catch(() => undefined)
      const value = entry && Buffer.from(entry.plaintext).toString()
      if (value !== undefined && record.refused.has(value)) violate(`${value} was refused, and is there`)
      if (entry?.digest !== digest) continue
      const request = inspect(bytes).encryptionContext['sealring-request'] ?? ''
      if (requests.has(request)) violate(`request ${request} made ${requests.get(request)} and ${revision}`)
      requests.set(request, revision)
    }
  }
}

function intactCopies(
  { places }: World,
  { name, revision, digest }: { name: string; revision: number; digest: string },
): number {
  return places.filter(({ memory }) => {
    const bytes = memory.blobs.get(name)?.get(revision)?.bytes
    return bytes && createHash('sha256').update(bytes).digest('hex') === digest
  }).length
}
