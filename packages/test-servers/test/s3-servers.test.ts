import { S3Client } from '@aws-sdk/client-s3'
import { availableS3Servers, faultList } from '@sealring/test-servers'
import type { RunningServer } from '@sealring/test-servers'
import { AssertionError, expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { S3_CHECKS } from './s3-check-cases.js'
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

    if (kind.from !== 'environment') {
      for (const [check, { name, run }] of Object.entries(S3_CHECKS)) {
        const declared = kind.checks.some((known) => known === check)
        it(`${name}: ${declared ? 'yes' : 'no'}, as declared`, async () => {
          const refused = await run(client!).then(
            () => true,
            (error: unknown) => {
              if (error instanceof AssertionError) return false
              throw error
            },
          )
          expect(refused).to.equal(declared)
        })
      }
    }

    it('has no fault listed for a case that is gone', () => {
      faults.assertCasesExist(S3_PROTOCOL.map(({ name }) => name))
    })
  })
}
