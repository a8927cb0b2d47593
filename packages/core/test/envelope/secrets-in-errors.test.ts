import { inspect } from 'node:util'
import { MultiKeyringNode } from '@aws-crypto/client-node'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { buildClient } from '@sealring/core/envelope'
import { rawAesKeyring } from '@sealring/core/keyring'
import { wrongType } from './wrong-type.js'
import { fixedKeyring } from './fixed-keyring.js'
import { suites } from './fixture.js'

const canaries = {
  plaintext: Buffer.from('canary-plaintext-canary-plaintex'),
  wrappingKey: Buffer.from('canary-wrapping-key-canary-wrapp'),
  dataKey: Buffer.from('canary-data-key-canary-data-key!'),
}

/** Any eight bytes of a canary in one of these forms betray it. */
function forms(bytes: Buffer): string[] {
  const part = bytes.subarray(8, 17)
  return [
    part.toString('latin1'),
    part.toString('hex'),
    [...part].join(', '),
    [...part].join(','),
    part.toString('hex').replaceAll(/(..)(?=.)/g, '$1 '),
    // Every alignment of base64.
    ...[0, 1, 2].map((skip) => part.subarray(skip, skip + 6).toString('base64')),
  ]
}

function everythingAbout(error: unknown): string {
  const chain: unknown[] = []
  for (let at = error; at instanceof Error; at = at.cause) chain.push(at, at.message, at.stack)
  const shown = inspect(error, {
    depth: Infinity,
    showHidden: true,
    maxArrayLength: null,
    maxStringLength: null,
  })
  return [shown, JSON.stringify(error), ...chain.map(String)].join('\n').replaceAll(/\s+/g, ' ')
}

describe('no error holds plaintext or key bytes', () => {
  const client = buildClient()
  const raw = rawAesKeyring({ namespace: 'n', name: 'k', key: canaries.wrappingKey })
  const fixed = fixedKeyring(canaries.dataKey)
  const keyrings = { raw, fixed, multi: new MultiKeyringNode({ generator: raw, children: [fixed] }) }
  const { plaintext } = canaries

  it('nor would the test miss them', () => {
    for (const bytes of Object.values(canaries)) {
      for (const held of [
        new Error(bytes.toString()),
        Object.assign(new Error('x'), { bytes }),
        Object.assign(new Error('x'), { bytes: Uint8Array.from(bytes) }),
        new Error('x', { cause: new Error(bytes.toString('base64')) }),
        new Error(bytes.toString('hex')),
      ]) {
        expect(forms(bytes).some((form) => everythingAbout(held).includes(form))).to.equal(true)
      }
    }
  })

  for (const { suiteId, name } of suites) {
    for (const [which, keyring] of Object.entries(keyrings)) {
      it(`${name}, ${which}`, async () => {
        const failures: unknown[] = []
        const attempt = async (run: () => Promise<unknown>) => {
          try {
            await run()
          } catch (error) {
            failures.push(error)
          }
        }
        const options = { suiteId, frameLength: 16 }
        const { result } = await client.encrypt(keyring, plaintext, options)
        for (let offset = 0; offset < result.length; offset += 1) {
          const damaged = Buffer.from(result)
          damaged[offset]! ^= 0x80
          await attempt(() => client.decrypt(keyring, damaged))
        }
        await attempt(() => client.decrypt(keyring, result.subarray(0, -1)))
        await attempt(() =>
          client.encrypt(keyring, plaintext, { ...options, encryptionContext: { a: '\ud800' } }),
        )
        await attempt(() => buildClient({ maxFrameLength: 1 }).encrypt(keyring, plaintext, options))
        await attempt(() => buildClient({ maxHeaderLength: 1 }).encrypt(keyring, plaintext, options))
        await attempt(() => client.encrypt(keyring, wrongType({ plaintext }), options))
        await attempt(async () =>
          rawAesKeyring({ namespace: 'n', name: 'k', key: canaries.wrappingKey.subarray(1) }),
        )
        await attempt(async () =>
          rawAesKeyring({ namespace: 'n', name: 'k', key: wrongType(canaries.wrappingKey.toString()) }),
        )
        expect(failures.length).to.be.greaterThan(result.length)
        const text = failures.map(everythingAbout).join('\n')
        for (const bytes of Object.values(canaries)) {
          for (const form of forms(bytes)) expect(text.includes(form), form).to.equal(false)
        }
      })
    }
  }
})
