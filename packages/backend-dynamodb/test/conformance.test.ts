import { backendConformance } from '@sealring/core/conformance'
import { dynamodbFixture } from './dynamodb-fixture.js'
import { maxItemBytes } from '#src/layout.js'
import { hasTransactions, onEachServer } from './on-each-server.js'

onEachServer('backend-conformance', (current, testCase) => {
  for (const { name, skip, run } of backendConformance)
    testCase(name, async function () {
      const { client, table, server } = current()
      const limits = hasTransactions(server) ? {} : { maxBlobBytes: maxItemBytes }
      const fixture = dynamodbFixture(client, table, limits)
      if (skip?.(fixture) !== undefined) this.skip()
      await run(fixture)
    })
})
