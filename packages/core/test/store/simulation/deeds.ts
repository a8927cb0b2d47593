import { collect, SealringError, StoreError } from '@sealring/core'
import type { DestroyReceipt, Plaintext, Receipt } from '@sealring/core'
import { receiptIn } from '../details.js'
import type { Client } from './client.js'
import { latestAcknowledged, objectionTo } from './record.js'
import { count } from './tally.js'
import { arbiterId, slotKey } from './world.js'

export const names = ['n/1', 'n/2']

const freshnesses = ['nearest', 'arbiter', 'all'] as const

/** What a client may do next; puts and gets more often. */
export const deeds: readonly ((client: Client) => Promise<void>)[] = [
  put,
  put,
  put,
  get,
  get,
  getStream,
  getRevision,
  complete,
  destroy,
  stat,
  repair,
  verify,
  history,
  list,
]

async function put(client: Client): Promise<void> {
  const { record, pending } = client
  const { random, tally } = client.world
  const name = random.pick(names)
  const value = client.newValue()
  record.offered.add(`${name}=${value}`)
  const copies = 1 + random.index(3)
  const requestId = random.chance(0.5) ? `request-${value}` : undefined
  const ifRevision = random.chance(0.2) ? (client.seen(name) ?? 0) : undefined
  const form = random.pick(Object.keys(forms))
  for (let times = 0; times < (requestId ? 3 : 1); times++) {
    if (times > 0) count(tally, 'put again with the same requestId')
    const result = await client.attempt(`put ${name}=${value}`, (signal) =>
      client.store.put(name, forms[form]!(value), {
        copies,
        signal,
        ...(requestId ? { requestId } : {}),
        ...(ifRevision === undefined ? {} : { ifRevision }),
      }),
    )
    if (result && !(result instanceof SealringError)) return acknowledge(client, result, value)
    if (result instanceof StoreError && result.code === 'PUT_INCOMPLETE') {
      const receipt = receiptIn(result)
      if (receipt.committed === true) acknowledge(client, receipt, value)
      pending.push(receipt)
    } else if (result && !requestId) record.refused.add(value)
    if (!client.alive || random.chance(0.3)) client.restart()
  }
}

/** What a plaintext may be put as. */
const forms: { readonly [form: string]: (value: string) => Plaintext } = {
  text: (value) => value,
  stream: inPieces,
  'function of a stream': (value) => () => inPieces(value),
}

async function* inPieces(value: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(value.slice(0, 2))
  yield Buffer.from(value.slice(2))
}

function acknowledge({ record, violate, see, world }: Client, receipt: Receipt, value: string): void {
  const { name, revision, digest } = receipt
  const before = record.acknowledged.get(slotKey(receipt))
  if (before && before.digest !== digest) {
    // Who can remove what the arbiter holds can have a number given to a second blob.
    if (world.attack === 'arbiter') count(world.tally, 'attack succeeded: a revision was given twice')
    else violate(`${slotKey(receipt)} was acknowledged twice`)
  }
  record.acknowledged.set(slotKey(receipt), { name, revision, digest, value })
  see(name, receipt)
}

async function get(client: Client): Promise<void> {
  const { record, violate, world } = client
  const name = world.random.pick(names)
  const freshness = world.random.pick(freshnesses)
  const acknowledgedBefore = latestAcknowledged(record, name)
  const seenBefore = client.seen(name)?.revision ?? 0
  const result = await client.attempt(`get ${name} ${freshness}`, (signal) =>
    client.store.get(name, { freshness, signal }),
  )
  if (!result) return
  const unlessAttacked = (what: string): void =>
    violateUnlessAttacked(client, `${name} at ${acknowledgedBefore}`, what)
  if (result instanceof SealringError) {
    if (result.code === 'NOT_FOUND' && acknowledgedBefore > 0) unlessAttacked('what exists was not found')
    if (result.code === 'NOT_FOUND' && seenBefore > 0) violate(`${name} was seen, and not found`)
    return
  }
  check(client, name, result)
  if (result.revision < seenBefore) violate(`${name} went back from ${seenBefore} to ${result.revision}`)
  if (freshness === 'arbiter' && result.revision < acknowledgedBefore)
    unlessAttacked('an older revision is the latest')
  client.see(name, result)
}

/** What somebody who can write to the arbiter can bring about, and nobody else. */
function violateUnlessAttacked({ world, violate }: Client, where: string, what: string): void {
  if (world.attack === 'arbiter') count(world.tally, `attack succeeded: ${what}`)
  else violate(`${where}: ${what}`)
}

/** The latest, or a revision; sometimes it is left before its end. */
async function getStream(client: Client): Promise<void> {
  const { world } = client
  const name = world.random.pick(names)
  const revision = world.random.chance(0.5) ? undefined : 1 + world.random.index(4)
  const leave = world.random.chance(0.1)
  const freshness = world.random.pick(freshnesses)
  const seenBefore = client.seen(name)?.revision ?? 0
  const acknowledgedBefore = latestAcknowledged(client.record, name)
  const what = `getStream ${name}${revision === undefined ? '' : `@${revision}`} ${freshness}`
  const result = await client.attempt(what, async (signal) => {
    const entry = await client.store.getStream(name, { revision, freshness, signal })
    if (leave) entry.close()
    const plaintext = leave ? undefined : await collect(entry.body)
    return { revision: entry.revision, digest: entry.digest, plaintext }
  })
  if (!result || result instanceof SealringError || !result.plaintext) return
  const { plaintext } = result
  check(client, name, { ...result, plaintext })
  if (result.revision !== (revision ?? result.revision))
    client.violate(`asked for ${revision}, got ${result.revision}`)
  if (revision === undefined && result.revision < seenBefore)
    client.violate(`the stream of ${name} went back from ${seenBefore} to ${result.revision}`)
  if (revision === undefined && freshness === 'arbiter' && result.revision < acknowledgedBefore)
    violateUnlessAttacked(client, `${name} at ${acknowledgedBefore}`, 'an older revision is the latest')
  client.see(name, result)
}

async function getRevision(client: Client): Promise<void> {
  const { world } = client
  const name = world.random.pick(names)
  const revision = 1 + world.random.index(4)
  const freshness = world.random.pick(freshnesses)
  const result = await client.attempt(`getRevision ${name}@${revision} ${freshness}`, (signal) =>
    client.store.get(name, { revision, freshness, signal }),
  )
  if (!result || result instanceof SealringError) return
  check(client, name, result)
  if (result.revision !== revision) client.violate(`asked for ${revision}, got ${result.revision}`)
  client.see(name, result)
}

function check(
  client: Client,
  name: string,
  entry: { revision: number; digest: string; plaintext: Uint8Array },
): void {
  const { record, violate, world } = client
  if (client.gone.has(slotKey({ name, revision: entry.revision })))
    violate(`${name}@${entry.revision} came back after it was destroyed`)
  const objection = objectionTo(record, name, entry)
  if (!objection) return
  const otherBlob = objection.endsWith('acknowledged') && world.attack === 'arbiter'
  if (!otherBlob) violate(objection)
}

async function destroy(client: Client): Promise<void> {
  const { random } = client.world
  const name = random.pick(names)
  const all = random.chance(0.1)
  const revision = 1 + random.index(3)
  for (let each = 1; each <= (all ? mostRevisions : 1); each++)
    client.record.destroying.add(slotKey({ name, revision: all ? each : revision }))
  const result = await client.attempt(`destroy ${name}@${all ? 'all' : revision}`, (signal) =>
    client.store.destroy(name, all ? { all, signal } : { revision, signal }),
  )
  const receipt = result instanceof SealringError ? destroyReceiptIn(result) : result
  for (const done of receipt?.revisions ?? []) {
    if (done.committed !== true) continue
    count(client.world.tally, 'destroyed revisions')
    client.record.destroyed.add(slotKey({ name, revision: done.revision }))
    client.gone.add(slotKey({ name, revision: done.revision }))
  }
}

/** More than a run makes of one name. */
const mostRevisions = 60

function destroyReceiptIn(error: SealringError): DestroyReceipt | undefined {
  const details =
    error instanceof StoreError && error.code === 'DESTROY_INCOMPLETE' ? error.details : undefined
  return isDestroyReceipt(details) ? details : undefined
}

function isDestroyReceipt(value: unknown): value is DestroyReceipt {
  return typeof value === 'object' && value !== null && 'revisions' in value
}

async function stat(client: Client): Promise<void> {
  const { world, violate } = client
  const name = world.random.pick(names)
  const seenBefore = client.seen(name)?.revision ?? 0
  const result = await client.attempt(`stat ${name}`, (signal) => client.store.stat(name, { signal }))
  if (!result || result instanceof SealringError) return
  if (result.revision < seenBefore)
    violate(`stat of ${name} went back from ${seenBefore} to ${result.revision}`)
}

async function complete(client: Client): Promise<void> {
  const receipt = client.pending.pop()
  if (!receipt) return
  const result = await client.attempt(`complete ${slotKey(receipt)}`, (signal) =>
    client.store.complete(receipt, { signal }),
  )
  if (result && !(result instanceof SealringError)) client.see(receipt.name, receipt)
}

async function repair(client: Client): Promise<void> {
  const result = await client.attempt('repair', (signal) => client.store.repair({ signal }))
  if (!result || result instanceof SealringError) return
  for (const { action, location } of result.writes)
    count(client.world.tally, `repair ${action} at the ${location === arbiterId ? 'arbiter' : 'replica'}`)
}

async function verify(client: Client): Promise<void> {
  const open = client.world.random.chance(0.5)
  await client.attempt('verify', (signal) => client.store.verify({ open, signal }))
}

async function history(client: Client): Promise<void> {
  const { world, record, violate } = client
  const name = world.random.pick(names)
  const acknowledgedBefore = latestAcknowledged(record, name)
  const result = await client.attempt(`history ${name}`, (signal) => client.store.history(name, { signal }))
  if (!result || result instanceof SealringError || world.attack === 'arbiter') return
  const latest = result.revisions.at(-1)?.revision ?? 0
  if (result.servedBy === arbiterId && latest < acknowledgedBefore)
    violate(`the arbiter's history of ${name} ends at ${latest}, ${acknowledgedBefore} was acknowledged`)
}

async function list(client: Client): Promise<void> {
  const { world, record, violate } = client
  const expected = names.filter((name) => latestAcknowledged(record, name) > 0)
  const listed = await client.attempt('list', async (signal) => {
    const listing = client.store.list({ signal })
    const found: string[] = []
    for await (const name of listing) found.push(name)
    return { found, complete: listing.report.complete }
  })
  if (!listed || listed instanceof SealringError || !listed.complete || world.attack === 'arbiter') return
  for (const name of expected) if (!listed.found.includes(name)) violate(`${name} is not listed`)
}
