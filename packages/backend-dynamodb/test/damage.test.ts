import { randomUUID } from 'node:crypto'
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { dynamodbBackend } from '@sealring/backend-dynamodb'
import { sealedBlob } from '@sealring/core'
import type { Backend, BackendError } from '@sealring/core'
import { expect } from 'chai'
import { headItem, layoutOf, sidecarItem } from '#src/layout.js'
import type { Item } from '#src/layout.js'
import { onEachServer } from './on-each-server.js'

const slot = { name: 'n', revision: 1 }
const bytes = Buffer.from('abc')
const { digest } = sealedBlob(bytes)

onEachServer('damage', (current, testCase) => {
  /** A location whose head was put there by other hands. */
  async function tamper(change: Record<string, AttributeValue | undefined>) {
    const { client, table } = current()
    const namespace = randomUUID()
    const head = headItem(layoutOf(namespace).head(slot), 1, { digest, bytes, versionToken: 't' })
    const item: Item = {}
    for (const [attribute, value] of Object.entries({ ...head, ...change }))
      if (value) item[attribute] = value
    await client.send(new PutItemCommand({ TableName: table, Item: item }))
    return dynamodbBackend({ id: 'x', client, table, namespace })
  }

  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'no failure',
      ({ code }: BackendError) => code,
    )

  testCase('an untouched head is read', async () => {
    expect(await (await tamper({})).stat(slot)).include({ digest, size: 3, versionToken: 't' })
  })

  for (const [what, change] of [
    ['digest', { d: { B: Buffer.alloc(31) } }],
    ['size', { z: undefined }],
    ['token', { v: { N: '1' } }],
    ['revision', { r: { N: '2' } }],
  ] as const)
    testCase(`a head with a wrong ${what} is BLOB_DAMAGED for everyone`, async () => {
      const backend = await tamper(change)
      const looks: readonly ((backend: Backend) => Promise<unknown>)[] = [
        (b) => b.read(slot),
        (b) => b.latest('n'),
        (b) => b.revisions('n'),
        (b) => b.create(slot, sealedBlob(bytes)),
      ]
      for (const look of looks) expect(await codeOf(look(backend))).equal('BLOB_DAMAGED')
    })

  testCase('bytes that were cut or are gone are BLOB_DAMAGED when read, and can be replaced', async () => {
    for (const change of [{ b: { B: Buffer.from('ab') } }, { b: undefined }]) {
      const backend = await tamper(change)
      expect(await codeOf(backend.read(slot))).equal('BLOB_DAMAGED')
      const { versionToken } = (await backend.stat(slot))!
      const result = await backend.replace(slot, sealedBlob(bytes), { expect: versionToken })
      expect(result.outcome).equal('replaced')
      expect(await codeOf(backend.read(slot))).equal('no failure')
    }
  })

  testCase('a head that names no chunks of ours is BLOB_DAMAGED when read, and can be replaced', async () => {
    const upload = { S: randomUUID() }
    for (const [u, k] of [
      [{ S: 'upload' }, { N: '1' }],
      [upload, undefined],
      [upload, { N: '0' }],
      [upload, { N: '0.5' }],
      [upload, { N: '0.000001' }],
      [upload, { N: '1' }],
    ] as const) {
      const backend = await tamper({ b: undefined, u, k })
      expect(await backend.latest('n')).include({ digest, size: 3 })
      expect(await codeOf(backend.read(slot))).equal('BLOB_DAMAGED')
    }
  })

  testCase('a sidecar that is none of ours fails the listing instead of vanishing from it', async () => {
    const { client, table } = current()
    const namespace = randomUUID()
    const foreign = sidecarItem(layoutOf(namespace).sidecar({ ...slot, kind: 'a#b', id: 'c' }), 1, bytes, 't')
    await client.send(new PutItemCommand({ TableName: table, Item: foreign }))
    const backend = dynamodbBackend({ id: 'x', client, table, namespace })
    expect(await codeOf(backend.listSidecars(slot))).equal('BLOB_DAMAGED')
  })

  testCase('cursors of other making are INVALID_ARGUMENT', async () => {
    const { client, table } = current()
    const backend = dynamodbBackend({ id: 'x', client, table, namespace: randomUUID() })
    for (const cursor of ['', 'x', '0', '16', '1#', '-1', '1234567890123']) {
      if (cursor !== '0') expect(await codeOf(backend.names({ cursor })), cursor).equal('INVALID_ARGUMENT')
      if (cursor !== '16')
        expect(await codeOf(backend.revisions('n', { cursor })), cursor).equal('INVALID_ARGUMENT')
      expect(await codeOf(backend.listSidecars(slot, { cursor })), cursor).equal('INVALID_ARGUMENT')
    }
  })
})
