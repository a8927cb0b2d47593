import { expect } from 'chai'
import { describe, it } from 'mocha'
import { bytesOf } from '../envelope/fixture.js'
import { keyring, unsigned } from './fixture.js'
import { sides, theirs } from './sides.js'
import { uncaughtDuring } from './uncaught-during.js'

const plaintext = bytesOf('listener', 40_000)
const message = (await theirs.client.encrypt(keyring, plaintext, { suiteId: unsigned })).result
const inputs = { encryptStream: plaintext, decryptStream: message } as const
const ways = ['encryptStream', 'decryptStream'] as const
const events = ['readable', 'data', 'end'] as const

describe('what a listener throws', () => {
  for (const side of sides) {
    for (const way of ways) {
      for (const event of events) {
        it(`${side.name}, ${way}, '${event}': an uncaught exception, once`, async () => {
          const thrown = new Error('a listener’s')
          const caught = await uncaughtDuring(async () => {
            const stream = side.client[way](keyring)
            stream.once(event, () => {
              throw thrown
            })
            if (event !== 'readable') stream.resume()
            stream.end(inputs[way])
          }, true)
          expect(caught).to.deep.equal([{ event: 'uncaughtException', error: thrown }])
        })
      }
    }
  }
})
