import { backendConformance } from '@sealring/core/conformance'
import { dynamodbFixture } from './dynamodb-fixture.js'
import { onEachServer } from './on-each-server.js'

onEachServer('backend-conformance', (current, testCase) => {
  for (const { name, skip, run } of backendConformance)
    testCase(name, async function () {
      const { client, table } = current()
      const fixture = dynamodbFixture(client, table)
      if (skip?.(fixture) !== undefined) this.skip()
      await run(fixture)
    })
})
