import { S3Client } from '@aws-sdk/client-s3'
import { availableS3Servers, faultList } from '@sealring/test-servers'
import type { RunningServer } from '@sealring/test-servers'
import { after, before, describe, it } from 'mocha'
import { S3_PROTOCOL } from './s3-protocol.js'

for (const kind of await availableS3Servers()) {
  const faults = faultList(kind, 'protocol')

  describe(`S3 server ${kind.id}`, () => {
    let server: RunningServer | undefined
    let client: S3Client | undefined

    before(async () => {
      server = await kind.start()
      client = new S3Client({ ...server.clientOptions, maxAttempts: 1 })
    })

    after(async () => {
      client?.destroy()
      await server?.stop()
    })

    for (const { name, run } of S3_PROTOCOL) {
      it(faults.title(name), () => faults.expect(name, () => run(client!)))
    }

    it('has no fault listed for a case that is gone', () => {
      faults.assertCasesExist(S3_PROTOCOL.map(({ name }) => name))
    })
  })
}
