import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreateKeyCommand, KMS } from '@aws-sdk/client-kms'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { createTable, dynamodbBackend } from '@sealring/backend-dynamodb'
import { s3Backend } from '@sealring/backend-s3'
import { type Backend, fileBackend } from '@sealring/core'
import { startDynamodb, startKms, startS3 } from '@sealring/test-servers'

/** Everything that the demo stands on: real servers on loopback, a key, a table, a bucket, a folder. */
export async function demoEnvironment() {
  const cleanUp: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    for (const action of cleanUp.splice(0).toReversed()) await action()
  }
  try {
    const directory = await mkdtemp(join(tmpdir(), 'sealring-demo-'))
    cleanUp.push(() => rm(directory, { recursive: true, force: true }))
    const startAndKeep = async <Server extends { stop(): Promise<void> }>(starting: Promise<Server>) => {
      const server = await starting
      cleanUp.push(() => server.stop())
      return server
    }
    const kmsServer = await startAndKeep(startKms())
    const dynamodbServer = await startAndKeep(startDynamodb())
    const s3Server = await startAndKeep(startS3())

    const kms = new KMS(kmsServer.clientOptions)
    const dynamodb = new DynamoDBClient(dynamodbServer.clientOptions)
    const s3 = new S3Client({ ...s3Server.clientOptions, maxAttempts: 2 })
    cleanUp.push(async () => [kms, dynamodb, s3].map((client) => client.destroy()))

    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Description: 'Sealring demo' }))
    const table = 'sealring-demo'
    const bucket = 'sealring-demo'
    await createTable(dynamodb, { table })
    await s3.send(new CreateBucketCommand({ Bucket: bucket }))

    const locations: Backend[] = [
      // s3rver, the only S3 server that npm carries, ignores conditions; as a replica that is tolerable.
      s3Backend({
        id: 's3',
        client: s3,
        bucket,
        conditionalCreate: s3Server.id !== 's3rver',
        conditionalReplace: s3Server.id !== 's3rver',
      }),
      dynamodbBackend({ id: 'dynamodb', client: dynamodb, table }),
      fileBackend({ id: 'folder', directory: join(directory, 'sealed'), createDirectory: true }),
    ]
    return {
      kms,
      keyArn: KeyMetadata!.Arn!,
      dynamodb,
      table,
      s3,
      bucket,
      folder: join(directory, 'sealed'),
      locations,
      servers: { kms: kmsServer, dynamodb: dynamodbServer, s3: s3Server },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
