import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request, type IncomingMessage } from 'node:http'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { createTable, dynamodbBackend } from '@sealring/backend-dynamodb'
import { createStore } from '@sealring/core'
import { rawAesKeyring } from '@sealring/core/keyring'
import { availableDynamodbServers } from '@sealring/test-servers'
import { expect } from 'chai'
import { describe, it } from 'mocha'

describe('a put whose acknowledgement is lost', () => {
  it('and which the SDK retries, makes one revision', async () => {
    const [kind] = await availableDynamodbServers()
    if (!kind) throw new Error('No DynamoDB server is installed.')
    const server = await kind.start()
    const proxy = await losingProxy(server.endpoint)
    const client = new DynamoDBClient({ ...server.clientOptions, endpoint: proxy.endpoint, maxAttempts: 3 })
    try {
      await createTable(client, { table: 'lost' })
      const store = createStore({
        id: 'lost',
        keyring: rawAesKeyring({ namespace: 'proof', name: 'key', key: randomBytes(32) }),
        locations: [dynamodbBackend({ id: 'table', client, table: 'lost' })],
      })
      const receipt = await store.put('secret', 'value')
      expect(receipt.revision).to.equal(1)
      // The first attempt was carried out and its answer dropped; the second met the item.
      expect(proxy.attempts()).to.equal(2)
      const { revisions } = await store.history('secret')
      expect(revisions.map(({ revision }) => revision)).to.deep.equal([1])
      expect((await store.verify({ open: true })).clean).to.equal(true)
    } finally {
      client.destroy()
      await proxy.stop()
      await server.stop()
    }
  })
})

/** Drops the answer to the first write of the entry's head, after the server has carried it out. */
async function losingProxy(server: string) {
  let attempts = 0
  const proxy = createServer((incoming, response) => {
    void (async () => {
      const body = Buffer.concat(await incoming.toArray())
      const isHead =
        String(incoming.headers['x-amz-target']).endsWith('PutItem') && body.includes('"n#secret"')
      if (isHead) attempts++
      const outgoing = request(server, { method: incoming.method, headers: incoming.headers })
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        outgoing.on('response', resolve).on('error', reject).end(body)
      })
      const bytes = Buffer.concat(await answer.toArray())
      if (isHead && attempts === 1) incoming.socket.destroy()
      else response.writeHead(answer.statusCode!, answer.headers).end(bytes)
    })()
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const address = proxy.address()
  if (typeof address !== 'object' || address === null) throw new Error('The proxy has no port.')
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    attempts: () => attempts,
    stop: async () => {
      proxy.closeAllConnections()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}
