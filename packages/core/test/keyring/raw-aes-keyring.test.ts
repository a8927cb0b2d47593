import { inspect } from 'node:util'
import { RawAesKeyringNode, RawAesWrappingSuiteIdentifier } from '@aws-crypto/client-node'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { rawAesKeyring } from '@sealring/core/keyring'
import { codeOf, errorOf } from '../envelope/code-of.js'
import { bytesOf, oracle, ours, suites } from '../envelope/fixture.js'
import { wrongType } from '../envelope/wrong-type.js'

const wrappingSuites = {
  16: RawAesWrappingSuiteIdentifier.AES128_GCM_IV12_TAG16_NO_PADDING,
  24: RawAesWrappingSuiteIdentifier.AES192_GCM_IV12_TAG16_NO_PADDING,
  32: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
} as const

describe('rawAesKeyring', () => {
  for (const length of [16, 24, 32] as const) {
    for (const { suiteId, name } of suites) {
      it(`with ${length} bytes works both ways with AWS's keyring (${name})`, async () => {
        const key = bytesOf('key', length)
        const mine = rawAesKeyring({ namespace: 'n', name: 'k', key })
        const theirs = new RawAesKeyringNode({
          keyNamespace: 'n',
          keyName: 'k',
          unencryptedMasterKey: Uint8Array.from(key),
          wrappingSuite: wrappingSuites[length],
        })
        const options = { suiteId, encryptionContext: { one: '1', two: '2' } }
        const fromMine = await ours.encrypt(mine, 'text', options)
        const fromTheirs = await oracle.encrypt(theirs, 'text', { ...options })
        expect((await oracle.decrypt(theirs, fromMine.result)).plaintext.toString()).to.equal('text')
        expect((await ours.decrypt(mine, fromTheirs.result)).plaintext.toString()).to.equal('text')
      })
    }
  }

  it('copies the key: it leaves the caller’s alone, and does not see what becomes of it', async () => {
    const pooled = Buffer.from(bytesOf('key', 32))
    const before = pooled.toString('hex')
    const keyring = rawAesKeyring({ namespace: 'n', name: 'k', key: pooled })
    const { result } = await ours.encrypt(keyring, 'text')
    expect(pooled.toString('hex')).to.equal(before)
    pooled.fill(0)
    expect((await ours.decrypt(keyring, result)).plaintext.toString()).to.equal('text')
  })

  it('takes no key for its own whose name only begins like its own', async () => {
    const short = rawAesKeyring({ namespace: 'n', name: 'k', key: bytesOf('key', 32) })
    const long = rawAesKeyring({ namespace: 'n', name: 'k2', key: bytesOf('key', 32) })
    const { result } = await ours.encrypt(long, 'text')
    expect(await codeOf(() => ours.decrypt(short, result))).to.equal('NO_DATA_KEY')
  })

  it('says why a data key of its name does not open', async () => {
    const keyring = (label: string) => rawAesKeyring({ namespace: 'n', name: 'k', key: bytesOf(label, 32) })
    const { result } = await ours.encrypt(keyring('one'), 'text', { encryptionContext: { a: '1', B: '2' } })
    const { code, cause } = await errorOf(() => ours.decrypt(keyring('other'), result))
    expect(code).to.equal('DATA_KEY_NOT_UNWRAPPED')
    // One attempt for each order of the context.
    expect(cause).to.be.instanceOf(AggregateError).with.property('errors').with.length(2)
  })

  const valid = { namespace: 'n', name: 'k', key: bytesOf('key', 32) }
  const invalid: Readonly<Record<string, object>> = {
    'no namespace': { namespace: '' },
    'no name': { name: '' },
    'a name that is no text': { name: 7 },
    'the namespace of AWS KMS': { namespace: 'aws-kms' },
    'a key of 31 bytes': { key: new Uint8Array(31) },
    'a key that is text': { key: 'a'.repeat(32) },
    'no key': { key: undefined },
  }
  for (const [what, change] of Object.entries(invalid)) {
    it(`refuses ${what}`, async () => {
      expect(await codeOf(() => rawAesKeyring(wrongType({ ...valid, ...change })))).to.equal(
        'KEYRING_INVALID',
      )
    })
  }

  it('does not show its key', async () => {
    const key = Buffer.from('canary-key-canary-key-canary-key')
    const keyring = rawAesKeyring({ ...valid, key })
    await ours.encrypt(keyring, 'text')
    const hidden = { depth: Infinity, showHidden: true, getters: true, maxArrayLength: null }
    for (const text of [
      inspect(keyring, hidden),
      inspect({ deep: [keyring] }, hidden),
      inspect(Object.getOwnPropertyDescriptors(keyring), hidden),
      JSON.stringify({ keyring }),
    ]) {
      for (const form of ['canary', key.toString('hex'), [...key].join(', '), key.toString('base64')]) {
        expect(text.replaceAll(/\s+/g, ' ')).to.not.include(form.slice(0, 24))
      }
    }
    expect(JSON.parse(JSON.stringify(keyring))).to.deep.equal({
      keyring: 'raw-aes',
      namespace: 'n',
      name: 'k',
    })
  })
})
