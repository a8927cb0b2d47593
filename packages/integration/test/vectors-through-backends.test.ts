import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { createTable, dynamodbBackend } from '@sealring/backend-dynamodb'
import { s3Backend } from '@sealring/backend-s3'
import { collect, fileBackend, memoryBackend, sealedBlob, type Backend } from '@sealring/core'
import { buildClient } from '@sealring/core/envelope'
import { rawAesKeyring } from '@sealring/core/keyring'
import { MultiKeyringNode } from '@aws-crypto/client-node'
import { availableDynamodbServers, availableS3Servers } from '@sealring/test-servers'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { readVectors } from '#src/vectors/read-vectors.js'

/** No vector has a longer frame or unframed body. */
const maxBodySize = 8192

interface Place {
  name: string
  open(): Promise<{ backend: Backend; close(): Promise<void> }>
}

const folder: Place = {
  name: 'file',
  async open() {
    const directory = await mkdtemp(join(tmpdir(), 'sealring-vectors-'))
    return {
      backend: fileBackend({ id: 'place', directory }),
      close: () => rm(directory, { recursive: true }),
    }
  },
}

const memory: Place = {
  name: 'memory',
  open: () => Promise.resolve({ backend: memoryBackend({ id: 'place' }), close: () => Promise.resolve() }),
}

const buckets = (await availableS3Servers()).map((kind): Place => ({
  name: `S3 on ${kind.id}`,
  async open() {
    const server = await kind.start()
    const client = new S3Client(server.clientOptions)
    await client.send(new CreateBucketCommand({ Bucket: 'vectors' }))
    // s3rver ignores conditions.
    const honours = kind.id !== 's3rver'
    return {
      backend: s3Backend({
        id: 'place',
        client,
        bucket: 'vectors',
        conditionalCreate: honours,
        conditionalReplace: honours,
      }),
      close: async () => {
        client.destroy()
        await server.stop()
      },
    }
  },
}))

const tables = (await availableDynamodbServers()).map((kind): Place => ({
  name: `DynamoDB on ${kind.id}`,
  async open() {
    const server = await kind.start()
    const client = new DynamoDBClient(server.clientOptions)
    await createTable(client, { table: 'vectors' })
    return {
      backend: dynamodbBackend({ id: 'place', client, table: 'vectors' }),
      close: async () => {
        client.destroy()
        await server.stop()
      },
    }
  },
}))

for (const place of [memory, folder, ...buckets, ...tables])
  describe(`every vector through ${place.name}`, () => {
    let current: Awaited<ReturnType<Place['open']>>
    before(async () => {
      current = await place.open()
    })
    after(() => current.close())

    it('comes back byte for byte, and opens afterwards', async () => {
      const { decrypt } = buildClient({ commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT' })
      const vectors = readVectors()
      const { backend } = current
      let opened = 0
      for (const { id, message, plaintext, keys, reproducedContext } of vectors) {
        const slot = { name: `vectors/${id}`, revision: 1 }
        const created = await backend.create(slot, sealedBlob(message))
        expect(created.outcome, id).to.equal('created')
        const stored = await backend.read(slot)
        const bytes = Buffer.from(await collect(stored!.body))
        expect(bytes.equals(message), id).to.equal(true)
        expect(stored!.digest, id).to.equal(createHash('sha256').update(message).digest('hex'))
        if (!plaintext) continue
        const children = keys.map(({ namespace, name, material }) =>
          rawAesKeyring({ namespace, name, key: material }),
        )
        const reproduced = reproducedContext && { encryptionContext: reproducedContext }
        const result = await decrypt(new MultiKeyringNode({ children }), bytes, {
          maxBodySize,
          ...reproduced,
        })
        expect(result.plaintext.equals(plaintext), id).to.equal(true)
        opened++
      }
      expect(opened).to.equal(vectors.filter(({ plaintext }) => plaintext).length)
      // Hundreds of messages, some through servers in JavaScript.
    }).timeout(60_000)
  })
