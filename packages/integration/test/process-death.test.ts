import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { createTable } from '@sealring/backend-dynamodb'
import { collect, StoreError, type Backend, type Store } from '@sealring/core'
import { availableDynamodbServers, availableS3Servers } from '@sealring/test-servers'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { openPlaces, plaintextOf, type Places } from './death-places.js'

const script = fileURLToPath(new URL('./store-child.js', import.meta.url))
/** 200 of them, and 8 kills, take most of a minute. */
const puts = Number(process.env.SEALRING_DEATH_PUTS ?? 60)
/** The rest of the puts is made by a process that nobody kills. */
const maxKills = Number(process.env.SEALRING_DEATH_KILLS ?? 5)
/** Decides what is put, and when whom is killed; how far a process gets until then is the machine's. */
const seed = process.env.SEALRING_DEATH_SEED ?? '1'

/** The others are its replicas. */
const arbiter = Number(createHash('sha256').update(seed).digest()[0]) % 2 === 0 ? 'file' : 'dynamodb'

/** A number from 0, below 1. */
const chance = (...of: readonly (string | number)[]) =>
  createHash('sha256').update(of.join('/')).digest().readUInt32BE() / 2 ** 32

interface Acknowledged {
  readonly revision: number
  readonly digest: string
}

interface Told {
  readonly acknowledged: Map<number, Acknowledged>
  readonly destroying: Set<number>
  readonly destroyed: Set<number>
  kills: number
}

/** Runs one process until it is killed, or ends; returns the number with which the next one begins. */
async function runChild(places: Places, told: Told, first: number, killAfter: number | undefined) {
  const args = [script, JSON.stringify(places), seed, String(first), String(puts)]
  const child = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  })
  const closed = once(child, 'close')
  let output = ''
  const ready = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (output.includes('ready\n')) resolve()
    })
  })
  await Promise.race([ready, closed])
  if (killAfter !== undefined) {
    await Promise.race([delay(killAfter), closed])
    child.kill('SIGKILL')
  }
  await closed
  if (child.signalCode === null) expect(child.exitCode, output).to.equal(0)
  else told.kills++
  let next = first
  for (const line of output.split('\n').slice(0, -1)) {
    const [verb = '', index = '', revision = '', digest = ''] = line.split(' ')
    const number = Number(index)
    if (verb === 'putting') next = number + 1
    if (verb === 'put') told.acknowledged.set(number, { revision: Number(revision), digest })
    if (verb === 'destroying') told.destroying.add(number)
    if (verb === 'destroyed') told.destroyed.add(number)
  }
  return next
}

async function attemptAll(places: Places): Promise<Told> {
  const told: Told = { acknowledged: new Map(), destroying: new Set(), destroyed: new Set(), kills: 0 }
  let next = 0
  for (let run = 0; next < puts; run++) {
    // Now and then right after the start, while the manifests are made or read.
    const wait = chance(seed, 'wait', places.arbiter, run) ** 2 * 800
    const reached = await runChild(places, told, next, run < maxKills ? wait : undefined)
    // Half of the killed puts are made again, with their requestId, by the process after.
    const again = reached > next && reached < puts && chance(seed, 'again', places.arbiter, run) < 0.5
    next = again ? reached - 1 : reached
  }
  return told
}

/** Every revision that a location lists is there whole, with the bytes of its digest. */
async function countWhole(location: Backend): Promise<number> {
  let count = 0
  let nameCursor: string | undefined
  do {
    const names = await location.names({ cursor: nameCursor })
    for (const name of names.items) {
      let cursor: string | undefined
      do {
        const page = await location.revisions(name, { cursor })
        for (const { revision, digest, size } of page.items) {
          const stored = await location.read({ name, revision })
          const bytes = await collect(stored!.body)
          const where = `${location.id} ${name} ${revision}`
          expect(bytes.byteLength, where).to.equal(size)
          expect(createHash('sha256').update(bytes).digest('hex'), where).to.equal(digest)
          count++
        }
        cursor = page.cursor
      } while (cursor !== undefined)
    }
    nameCursor = names.cursor
  } while (nameCursor !== undefined)
  return count
}

/** Acknowledged is readable and equal, destroyed is DESTROYED, and what was being destroyed is one of both. */
async function checkAcknowledged(store: Store, told: Told): Promise<void> {
  for (const [index, { revision, digest }] of told.acknowledged) {
    const { name, plaintext } = plaintextOf(seed, index)
    const entry = await store.get(name, { revision }).catch((error: unknown) => error)
    const where = `put ${index}: ${name} revision ${revision}`
    if (entry instanceof Error) {
      const code = entry instanceof StoreError ? entry.code : entry.message
      expect(code, where).to.equal('DESTROYED')
      expect(told.destroying.has(index), where).to.equal(true)
    } else {
      expect(told.destroyed.has(index), where).to.equal(false)
      expect(entry, where).to.include({ digest })
      expect(entry).to.have.property('plaintext')
      const found: unknown = Reflect.get(Object(entry), 'plaintext')
      expect(found instanceof Uint8Array && plaintext.equals(found), where).to.equal(true)
    }
  }
}

const [dynamodbKind] = await availableDynamodbServers()
const s3Kinds = await availableS3Servers()

if (dynamodbKind)
  for (const s3Kind of s3Kinds)
    describe(`processes killed while they put to a file, DynamoDB on ${dynamodbKind.id} and S3 on ${s3Kind.id}`, function () {
      this.timeout(300_000)
      let servers: { places: Omit<Places, 'arbiter'>; close(): Promise<void> }
      before(async () => {
        const directory = await mkdtemp(join(tmpdir(), 'sealring-deaths-'))
        const [dynamodb, s3] = await Promise.all([dynamodbKind.start(), s3Kind.start()])
        const [tables, buckets] = [new DynamoDBClient(dynamodb.clientOptions), new S3Client(s3.clientOptions)]
        await createTable(tables, { table: 'deaths' })
        await buckets.send(new CreateBucketCommand({ Bucket: 'deaths' }))
        const conditions = s3Kind.id !== 's3rver'
        servers = {
          places: {
            directory,
            table: 'deaths',
            bucket: 'deaths',
            dynamodb: dynamodb.clientOptions,
            s3: s3.clientOptions,
            // s3rver ignores them.
            conditions,
          },
          async close() {
            tables.destroy()
            buckets.destroy()
            await Promise.all([dynamodb.stop(), s3.stop()])
            await rm(directory, { recursive: true })
          },
        }
      })
      after(() => servers.close())

      it(`loses nothing acknowledged and shows no half blob, ${arbiter} being the arbiter (SEALRING_DEATH_SEED=${seed})`, async function () {
        const places = { ...servers.places, arbiter }
        const told = await attemptAll(places)
        expect(told.kills).to.be.greaterThan(0)
        const { locations, store, close } = openPlaces(places)
        try {
          for (const location of locations) await countWhole(location)
          await checkAcknowledged(store, told)
          const first = await store.repair()
          expect(first.failures).to.deep.equal([])
          expect((await store.repair()).writes).to.deep.equal([])
          const counts = await Promise.all(locations.map(countWhole))
          expect(new Set(counts).size, String(counts)).to.equal(1)
          await checkAcknowledged(store, told)
          const { clean, findings, unopened } = await store.verify({ open: true })
          expect({ clean, findings, unopened }).to.deep.equal({ clean: true, findings: [], unopened: [] })
          const said = `${told.kills} kills, ${told.acknowledged.size} of ${puts} puts acknowledged, ${told.destroyed.size}`
          this.test!.title += `: ${said} destroyed, ${first.writes.length} writes of repair`
        } finally {
          close()
        }
      })
    })
