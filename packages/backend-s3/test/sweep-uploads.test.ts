import { randomUUID } from 'node:crypto'
import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { s3Backend, sweepUploads } from '@sealring/backend-s3'
import { expect } from 'chai'
import { s3Layout } from '#src/layout.js'
import { digestOf, generatedBlob } from './generated-blob.js'
import { onEachServer, serverCase } from './on-each-server.js'

const slot = { name: 'swept', revision: 1 }
const partBytes = 5 * 1024 ** 2

onEachServer('sweep-uploads', (current, faults) => {
  serverCase(
    faults,
    'removes what was begun before, of the slots below the prefix and of nothing else',
    async () => {
      const { client, bucket, conditions } = current()
      const prefix = `${randomUUID()}/`
      const elsewhere = `${randomUUID()}/`
      const begin = async (Key: string) => {
        const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }))
        const part = { Bucket: bucket, Key, UploadId, PartNumber: 1, Body: Buffer.from('part') }
        await client.send(new UploadPartCommand(part))
      }
      const left = async () => {
        const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
        return Uploads.flatMap(({ Key = '' }) =>
          Key.startsWith(prefix) || Key.startsWith(elsewhere) ? [Key] : [],
        )
      }
      const ours = s3Layout(prefix).entryKey(slot)
      const second = s3Layout(prefix).entryKey({ ...slot, revision: 2 })
      const others = [
        s3Layout(elsewhere).entryKey(slot),
        `${prefix}backup/of-somebody`,
        `${prefix}entries/not-a-slot`,
      ]
      for (const key of [ours, second, ...others]) await begin(key)
      const blob = await generatedBlob(partBytes + 1, 'stored')
      const backend = s3Backend({ ...conditions, id: 's3', client, bucket, prefix, partBytes })
      await backend.create({ ...slot, revision: 3 }, blob)

      const seen: number[] = []
      const swept = await sweepUploads(client, {
        bucket,
        prefix,
        begunBefore: Date.now() + 60_000,
        onProgress: ({ uploads }) => void seen.push(uploads),
      })
      expect(swept).eql({ uploads: 2, malformed: 1 })
      expect(seen).eql([1, 2])
      expect(await left()).members(others)
      expect(await digestOf((await backend.read({ ...slot, revision: 3 }))!.body)).equal(blob.digest)
    },
  )

  serverCase(faults, 'leaves what is younger than a day', async () => {
    const { client, bucket } = current()
    const prefix = randomUUID()
    const at = { Bucket: bucket, Key: s3Layout(prefix).entryKey(slot) }
    await client.send(new CreateMultipartUploadCommand(at))
    expect(await sweepUploads(client, { bucket, prefix })).eql({ uploads: 0, malformed: 0 })
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
    expect(Uploads.map(({ Key }) => Key)).include(at.Key)
  })

  serverCase(faults, 'fails by the codes of a backend', async () => {
    const { client } = current()
    const error: unknown = await sweepUploads(client, { bucket: 'no-such-bucket' }).catch((e: unknown) => e)
    expect(error).include({
      code: 'LOCATION_NOT_FOUND',
      operation: 'sweepUploads',
      backend: 'no-such-bucket',
    })
    const signal = AbortSignal.abort(new Error('enough'))
    const reason: unknown = await sweepUploads(client, { bucket: 'any', signal }).catch((e: unknown) => e)
    expect(reason).equal(signal.reason)
  })
})
