import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { availableDynamodbServers, faultList } from '@sealring/test-servers'
import type { RunningServer } from '@sealring/test-servers'
import { after, before, describe, it } from 'mocha'
import { DYNAMODB_PROTOCOL } from './dynamodb-protocol.js'

for (const kind of await availableDynamodbServers()) {
  const faults = faultList(kind, 'protocol')

  describe(`DynamoDB server ${kind.id}`, () => {
    let server: RunningServer | undefined
    let client: DynamoDBClient | undefined

    before(async () => {
      server = await kind.start()
      client = new DynamoDBClient({ ...server.clientOptions, maxAttempts: 1 })
    })

    after(async () => {
      client?.destroy()
      await server?.stop()
    })

    for (const { name, run } of DYNAMODB_PROTOCOL) {
      it(faults.title(name), () => faults.expect(name, () => run(client!)))
    }

    it('has no fault listed for a case that is gone', () => {
      faults.assertCasesExist(DYNAMODB_PROTOCOL.map(({ name }) => name))
    })
  })
}
