import { expect } from 'chai'
import * as fc from 'fast-check'
import { describe, it } from 'mocha'
import { buildClient, type Client } from '@sealring/core/envelope'
import { cachingMaterialsManager, requiredEncryptionContextManager } from '@sealring/core/keyring'
import { keyring, oracle, severalKeyrings, signed, unsigned } from '../envelope/fixture.js'

const ours = buildClient('REQUIRE_ENCRYPT_ALLOW_DECRYPT')
const forbidding = buildClient('FORBID_ENCRYPT_ALLOW_DECRYPT')

const word = fc.string({ unit: 'grapheme', maxLength: 6 }).filter((text) => !text.startsWith('aws-crypto-'))
const context = fc.dictionary(word, word, { maxKeys: 4 })
const step = fc.record({
  suite: fc.constantFrom<[Client, number]>(
    [ours, unsigned],
    [ours, signed],
    [forbidding, 0x0178],
    [forbidding, 0x0214],
    [forbidding, 0x0078],
  ),
  which: fc.nat({ max: 2 }),
  required: fc.boolean(),
  plaintext: fc.uint8Array({ maxLength: 40 }),
  frameLength: fc.integer({ min: 1, max: 20 }),
  advance: fc.nat({ max: 60 }),
  clear: fc.boolean(),
})

/** What opening gives: the plaintext, or the code. */
async function outcome(open: () => ReturnType<Client['decrypt']>): Promise<string> {
  try {
    const { plaintext, messageHeader } = await open()
    return `${plaintext.toString('hex')} ${JSON.stringify(Object.entries(messageHeader.encryptionContext))}`
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'no code'
  }
}

describe('cached materials', () => {
  it('seal and open what uncached ones do', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(context, { minLength: 3, maxLength: 3 }),
        fc.array(step, { minLength: 1, maxLength: 12 }),
        async (contexts, steps) => {
          let now = 0
          const limits = { maxAge: 100, maxMessages: 4, maxBytes: 100, capacity: 3, clock: () => now }
          const caching = cachingMaterialsManager({ keyring: severalKeyrings, ...limits })
          const messages: { result: Buffer; reproduced: Record<string, string> }[] = []
          for (const { suite, which, required, plaintext, frameLength, advance, clear } of steps) {
            const encryptionContext = contexts[which]!
            const [requiredKey] = Object.keys(encryptionContext)
            const demanding = required && requiredKey !== undefined
            const source = demanding
              ? requiredEncryptionContextManager({ manager: caching, requiredKeys: [requiredKey] })
              : caching
            const [client, suiteId] = suite
            const { result } = await client.encrypt(source, plaintext, {
              suiteId,
              frameLength,
              encryptionContext,
            })
            const reproduced = demanding ? encryptionContext : {}
            messages.push({ result, reproduced })
            for (const message of messages) {
              const options = { encryptionContext: message.reproduced }
              const uncached = await outcome(() => ours.decrypt(keyring, message.result, options))
              expect(await outcome(() => ours.decrypt(caching, message.result, options))).to.equal(uncached)
              const without = await outcome(() => ours.decrypt(keyring, message.result))
              expect(await outcome(() => ours.decrypt(caching, message.result))).to.equal(without)
            }
            const own = await outcome(() => ours.decrypt(keyring, result, { encryptionContext: reproduced }))
            expect(own.split(' ')[0]).to.equal(Buffer.from(plaintext).toString('hex'))
            now += advance
            if (clear) caching.clear()
          }
        },
      ),
      { numRuns: 25 },
    )
  })

  it('seal what client-node opens, whatever is cached', async () => {
    const caching = cachingMaterialsManager({ keyring, maxAge: 60_000, maxMessages: 3 })
    await fc.assert(
      fc.asyncProperty(context, fc.uint8Array({ maxLength: 40 }), async (encryptionContext, plaintext) => {
        const { result } = await ours.encrypt(caching, plaintext, { suiteId: unsigned, encryptionContext })
        const opened = await oracle.decrypt(keyring, result)
        expect(opened.plaintext.equals(plaintext)).to.equal(true)
        expect({ ...opened.messageHeader.encryptionContext }).to.deep.equal({ ...encryptionContext })
      }),
      { numRuns: 60 },
    )
  })
})
