import { randomUUID } from 'node:crypto'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import type { S3ClientConfig } from '@aws-sdk/client-s3'
import { availableS3Servers, faultList } from '@sealring/test-servers'
import type { FaultList, RunningServer, S3ClientOptions } from '@sealring/test-servers'
import { after, before, describe, it } from 'mocha'
import type { Test } from 'mocha'

/** An S3 server with a bucket, as the cases of a `describe` see it once they run. */
export interface ServerUnderTest {
  readonly server: RunningServer<S3ClientOptions>
  readonly client: S3Client
  readonly bucket: string
  /** Options of `s3Backend` that tell the truth about the server. */
  readonly conditions: { conditionalCreate: boolean; conditionalReplace: boolean }
  /** Another client for the server; closed at the end. */
  readonly connect: (options?: S3ClientConfig) => S3Client
}

/** Servers that take conditional writes and ignore the condition. */
const unconditional: ReadonlySet<string> = new Set(['s3rver'])

const kinds = await availableS3Servers()

/** Declares the same cases for every S3 server that this machine has. */
export function onEachServer(
  suite: string,
  declare: (current: () => ServerUnderTest, faults: FaultList) => void,
): void {
  for (const kind of kinds) {
    describe(`${suite} on ${kind.id}`, () => {
      const faults = faultList(kind, suite)
      const clients: S3Client[] = []
      let running: ServerUnderTest | undefined

      before(async () => {
        const server = await kind.start()
        const connect = (options?: S3ClientConfig) => {
          const client = new S3Client({ ...server.clientOptions, ...options })
          clients.push(client)
          return client
        }
        const bucket = `sealring-${randomUUID()}`
        const honours = !unconditional.has(kind.id)
        const conditions = { conditionalCreate: honours, conditionalReplace: honours }
        running = { server, client: connect(), bucket, conditions, connect }
        await running.client.send(new CreateBucketCommand({ Bucket: bucket }))
      })

      after(async () => {
        for (const client of clients) client.destroy()
        await running?.server.stop()
      })

      declare(() => running!, faults)
    })
  }
}

/** One case, judged by the server's list of known faults. */
export function serverCase(faults: FaultList, name: string, run: () => Promise<void>): Test {
  return it(faults.title(name), () => faults.expect(name, run))
}
