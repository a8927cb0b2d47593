import { randomUUID } from 'node:crypto'
import { DeleteTableCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { branchKeyTable, createBranchKeyTable, createTable } from '@sealring/backend-dynamodb'
import type { BackendError, BranchKeyRecord, BranchKeyStorage } from '@sealring/core'
import { expect } from 'chai'
import { after, before } from 'mocha'
import { faultyProxy } from './faulty-proxy.js'
import type { FaultyProxy } from './faulty-proxy.js'
import { onEachServer } from './on-each-server.js'

const versionType = (n: number) => `branch:version:01234567-89ab-4cde-8f01-${String(n).padStart(12, '0')}`

function record(branchKeyId: string, type: string, n: number): BranchKeyRecord {
  const attributes = {
    'branch-key-id': branchKeyId,
    type,
    ...(type === 'branch:ACTIVE' && { version: versionType(n) }),
    'create-time': '2026-02-03T04:05:06.078000Z',
    'kms-arn': 'arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-4cde-8f01-23456789abcd',
    'hierarchy-version': '1',
    'aws-crypto-ec:ключ': '',
  }
  return { attributes, ciphertext: Buffer.from(`${type} ${n}`) }
}

const created = (branchKeyId: string, n = 1) => ({
  version: record(branchKeyId, versionType(n), n),
  active: record(branchKeyId, 'branch:ACTIVE', n),
  beacon: record(branchKeyId, 'beacon:ACTIVE', n),
})

const rotated = (branchKeyId: string, n: number, former: BranchKeyRecord) => {
  const { version, active } = created(branchKeyId, n)
  return { version, active, former }
}

const plain = (found: BranchKeyRecord | undefined) =>
  found && { attributes: { ...found.attributes }, ciphertext: Buffer.from(found.ciphertext).toString() }

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no failure',
    ({ code, operation }: BackendError) => `${code} ${operation}`,
  )

onEachServer(
  'branch-key-table',
  (current, testCase) => {
    const table = `branch-keys-${randomUUID()}`
    let storage: BranchKeyStorage
    let proxy: FaultyProxy
    before(async () => {
      const { client, server } = current()
      proxy = await faultyProxy(server.endpoint)
      expect(await createBranchKeyTable(client, { table })).eql({ outcome: 'created' })
      storage = branchKeyTable({ client, table })
    })
    after(() => proxy.stop())

    const throughProxy = (maxAttempts: number) =>
      branchKeyTable({ client: current().connect({ endpoint: proxy.endpoint, maxAttempts }), table })
    const activeOf = async (branchKeyId: string) =>
      plain(await storage.read({ branchKeyId, type: 'branch:ACTIVE' }))
    const countVersions = async (branchKeyId: string, numbers: readonly number[]) => {
      const found = await Promise.all(numbers.map((n) => storage.read({ branchKeyId, type: versionType(n) })))
      return found.filter((each) => each !== undefined).length
    }

    testCase('an item has the attributes and types of the specification', async () => {
      const branchKeyId = randomUUID()
      expect(await storage.create(created(branchKeyId))).equal('created')
      for (const written of Object.values(created(branchKeyId))) {
        const Key = { 'branch-key-id': { S: branchKeyId }, type: { S: written.attributes['type']! } }
        const { Item } = await current().client.send(
          new GetItemCommand({ TableName: table, Key, ConsistentRead: true }),
        )
        const { enc, 'hierarchy-version': hierarchy, ...rest } = Item!
        expect(Buffer.from(enc!.B!).equals(written.ciphertext)).equal(true)
        expect(hierarchy).eql({ N: '1' })
        const { 'hierarchy-version': _, ...texts } = written.attributes
        expect(rest).eql(Object.fromEntries(Object.entries(texts).map(([name, S]) => [name, { S }])))
        const read = await storage.read({ branchKeyId, type: written.attributes['type']! })
        expect(plain(read)).eql(plain(written))
      }
      expect(await storage.read({ branchKeyId: 'nobody', type: 'branch:ACTIVE' })).equal(undefined)
    })

    testCase('it is created once, and of many who rotate one wins', async () => {
      const branchKeyId = randomUUID()
      const numbers = [1, 2, 3, 4]
      const makers = await Promise.all(numbers.map((n) => storage.create(created(branchKeyId, n))))
      expect(makers.toSorted()).eql(['created', 'exists', 'exists', 'exists'])
      const former = created(branchKeyId, numbers[makers.indexOf('created')]).active
      expect(await activeOf(branchKeyId)).eql(plain(former))
      const turns = await Promise.all(
        numbers.map((n) => storage.rotate(rotated(branchKeyId, 10 + n, former))),
      )
      expect(turns.toSorted()).eql(['changed', 'changed', 'changed', 'rotated'])
      const winner = created(branchKeyId, 11 + turns.indexOf('rotated')).active
      expect(await activeOf(branchKeyId)).eql(plain(winner))
      expect(await countVersions(branchKeyId, [...numbers, 11, 12, 13, 14])).equal(2)
      const nobody = randomUUID()
      expect(await storage.rotate(rotated(nobody, 2, created(nobody).active))).equal('changed')
    })

    testCase('a lost answer that the SDK retries changes nothing', async () => {
      const branchKeyId = randomUUID()
      proxy.plan('TransactWriteItems', ['answer-lost'])
      expect(await throughProxy(2).create(created(branchKeyId))).equal('created')
      proxy.plan('TransactWriteItems', ['answer-lost'])
      const next = rotated(branchKeyId, 2, created(branchKeyId).active)
      expect(await throughProxy(2).rotate(next)).equal('rotated')
      expect(await activeOf(branchKeyId)).eql(plain(next.active))
    })

    testCase('a lost answer that nobody retries is undecided', async () => {
      const branchKeyId = randomUUID()
      proxy.plan('TransactWriteItems', ['answer-lost'])
      expect(await codeOf(throughProxy(1).create(created(branchKeyId)))).equal(
        'OUTCOME_UNKNOWN createBranchKey',
      )
      expect(await activeOf(branchKeyId)).eql(plain(created(branchKeyId).active))
      // Repeating the same call settles it.
      expect(await storage.create(created(branchKeyId))).equal('created')
    })

    testCase('a conflict with another transaction is waited for', async () => {
      const branchKeyId = randomUUID()
      const says = {
        CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }, { Code: 'None' }],
      }
      const conflict = { refused: 'TransactionCanceledException', status: 400, says }
      proxy.plan('TransactWriteItems', [conflict, conflict])
      expect(await throughProxy(1).create(created(branchKeyId))).equal('created')
    })

    testCase('an item of another form is damaged', async () => {
      const branchKeyId = randomUUID()
      const base = { 'branch-key-id': { S: branchKeyId }, type: { S: 'branch:ACTIVE' } }
      const wrongs: Record<string, AttributeValue>[] = [
        { enc: { S: 'text' } },
        {},
        { enc: { B: Buffer.from('x') }, 'hierarchy-version': { S: '1' } },
        { enc: { B: Buffer.from('x') }, 'create-time': { N: '1' } },
        { enc: { B: Buffer.from('x') }, more: { BOOL: true } },
      ]
      for (const wrong of wrongs) {
        const Item = { ...base, ...wrong }
        await current().client.send(new PutItemCommand({ TableName: table, Item }))
        const reading = storage.read({ branchKeyId, type: 'branch:ACTIVE' })
        expect(await codeOf(reading)).equal('BLOB_DAMAGED readBranchKey')
      }
    })

    testCase('a table that is missing, or that is another, has its code', async () => {
      const { client } = current()
      const nowhere = branchKeyTable({ client, table: 'no-such-table' })
      const id = { branchKeyId: 'id', type: 'branch:ACTIVE' }
      const { version, active, beacon } = created('id')
      expect(await codeOf(nowhere.read(id))).equal('LOCATION_NOT_FOUND readBranchKey')
      expect(await codeOf(nowhere.create({ version, active, beacon }))).equal(
        'LOCATION_NOT_FOUND createBranchKey',
      )
      expect(await codeOf(nowhere.rotate({ version, active, former: active }))).equal(
        'LOCATION_NOT_FOUND rotateBranchKey',
      )
      expect(await createBranchKeyTable(client, { table })).eql({ outcome: 'exists' })
      const wrong = createBranchKeyTable(client, { table: current().table })
      expect(await codeOf(wrong)).equal('BACKEND_FAILED createBranchKeyTable')
      expect(await codeOf(createTable(client, { table }))).equal('BACKEND_FAILED createTable')
    })

    testCase('an abort rejects with its reason', async () => {
      const signal = AbortSignal.abort(new Error('enough'))
      const thrown = await storage
        .read({ branchKeyId: 'id', type: 'branch:ACTIVE' }, { signal })
        .catch((error: unknown) => error)
      expect(thrown).equal(signal.reason)
    })

    // Here, because a hook would come after the one that stops the server.
    testCase('a table that is gone has its code', async () => {
      await current().client.send(new DeleteTableCommand({ TableName: table }))
      const reading = storage.read({ branchKeyId: 'id', type: 'branch:ACTIVE' })
      expect(await codeOf(reading)).equal('LOCATION_NOT_FOUND readBranchKey')
    })
  },
  { transactions: true },
)
