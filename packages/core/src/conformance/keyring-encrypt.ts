import assert from 'node:assert/strict'
import { dataKeyEntry, unencryptedBytes } from '../materials/aws-materials.js'
import type { EncryptionContext } from '../materials/encryption-context.js'
import { ifSeals, keyringCase, unlessRefusesSigned, unlessSeals } from './keyring-case.js'
import {
  encryptionMaterial,
  expectOpens,
  expectSameKey,
  randomDataKey,
  signedSuites,
  suitesOf,
  wrap,
} from './keyring-steps.js'

const contexts: readonly EncryptionContext[] = [
  {},
  { key: 'value' },
  Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`key ${n}`, `value ${n}`])),
  { é: 'ä', 'line\nbreak': 'tab\t', 'a"b\\c': '{}' },
]

export const keyringEncrypt = [
  keyringCase(
    'encrypt: a data key is made where there is none, and wrapped',
    async ({ keyring, fixture, subject, opener }) => {
      const wrapped = await wrap(keyring)
      const { providerIds } = fixture.capabilities
      assert.deepEqual(
        wrapped.dataKeys.map(({ providerId }) => providerId),
        providerIds,
      )
      for (const [n, { providerInfo }] of wrapped.dataKeys.entries())
        assert.ok(subject.isProviderInfo(providerInfo, n), `the provider info of data key ${n}`)
      await expectOpens(opener, wrapped)
    },
    unlessSeals,
  ),

  keyringCase(
    'encrypt: a data key that is there is wrapped, not replaced',
    async ({ keyring, fixture, opener }) => {
      const dataKey = randomDataKey()
      const material = encryptionMaterial(keyring, { dataKey })
      const returned = await keyring.onEncrypt(material)
      assert.equal(returned, material, 'Other materials came back')
      expectSameKey(unencryptedBytes(material), dataKey, 'The data key of the materials')
      const wrapped = await wrap(keyring, { dataKey })
      expectSameKey(wrapped.dataKey, dataKey, 'The data key of the materials')
      assert.equal(wrapped.dataKeys.length, fixture.capabilities.providerIds.length)
      await expectOpens(opener, wrapped)
    },
    unlessSeals,
  ),

  keyringCase(
    'encrypt: encrypted data keys that are there stay, before its own',
    async ({ keyring, fixture, opener }) => {
      const dataKey = randomDataKey()
      const material = encryptionMaterial(keyring, { dataKey })
      await keyring.onEncrypt(material)
      const before = material.encryptedDataKeys.map(dataKeyEntry)
      await keyring.onEncrypt(material)
      const dataKeys = material.encryptedDataKeys.map(dataKeyEntry)
      assert.equal(dataKeys.length, 2 * fixture.capabilities.providerIds.length)
      assert.deepEqual(dataKeys.slice(0, before.length), before)
      const { suite, context } = await wrap(keyring)
      for (const each of dataKeys) await expectOpens(opener, { suite, context, dataKey, dataKeys: [each] })
    },
    unlessSeals,
  ),

  keyringCase(
    'encrypt: each call makes another data key',
    async ({ keyring }) => {
      const made = new Set<string>()
      for (let n = 0; n < 4; n++) {
        const { dataKey } = await wrap(keyring)
        assert.ok(new Set(dataKey).size > 4, 'The data key is not random')
        made.add(Buffer.from(dataKey).toString('hex'))
      }
      assert.equal(made.size, 4)
    },
    unlessSeals,
  ),

  keyringCase(
    'encrypt: the data key has the length of each algorithm suite',
    async ({ keyring, fixture, opener }) => {
      const suites = suitesOf(fixture)
      for (const suite of suites) {
        const generated = await wrap(keyring, { suite })
        assert.equal(generated.dataKey.byteLength, suite.keyLength, suite.name)
        await expectOpens(opener, generated, `The data key for ${suite.name}`)
      }
      for (const suite of new Map(suites.map((each) => [each.keyLength, each])).values()) {
        const given = await wrap(keyring, { suite, dataKey: randomDataKey(suite) })
        await expectOpens(opener, given, `The given data key of ${suite.keyLength} bytes`)
      }
    },
    unlessSeals,
  ),

  keyringCase(
    'encrypt: any encryption context will do',
    async ({ keyring, opener }) => {
      for (const context of contexts) await expectOpens(opener, await wrap(keyring, { context }))
    },
    unlessSeals,
  ),

  keyringCase(
    'encrypt: no encrypted data key holds the plaintext one',
    async ({ keyring }) => {
      const { dataKey, dataKeys } = await wrap(keyring)
      for (const { providerInfo, ciphertext } of dataKeys)
        for (const field of [providerInfo, ciphertext])
          for (const form of ['latin1', 'hex', 'base64'] as const)
            assert.ok(
              !Buffer.from(field).includes(Buffer.from(Buffer.from(dataKey).toString(form), 'latin1')),
              'An encrypted data key holds the data key',
            )
    },
    unlessSeals,
  ),

  keyringCase(
    'encrypt: concurrent calls do not mix',
    async ({ keyring, fixture, opener }) => {
      const suites = suitesOf(fixture)
      const all = await Promise.all(
        Array.from({ length: 16 }, (_, n) => {
          const suite = suites[n % suites.length]!
          const context = { number: `${n}` }
          return wrap(keyring, { suite, context, ...(n % 2 ? { dataKey: randomDataKey(suite) } : {}) })
        }),
      )
      for (const wrapped of all) await expectOpens(opener, wrapped)
    },
    unlessSeals,
  ),

  keyringCase(
    'encrypt: a signed suite that it does not take, it refuses by code',
    async ({ keyring }) => {
      for (const suite of signedSuites) {
        const material = encryptionMaterial(keyring, { suite })
        await assert.rejects(keyring.onEncrypt(material), { name: 'KeyringError' })
        assert.deepEqual(material.encryptedDataKeys, [])
      }
    },
    (fixture) => unlessRefusesSigned(fixture) ?? unlessSeals(fixture),
  ),

  keyringCase(
    'encrypt: a keyring that cannot seal adds nothing',
    async ({ keyring }) => {
      const material = encryptionMaterial(keyring)
      await keyring.onEncrypt(material).catch(() => 'It may say so')
      assert.deepEqual(material.encryptedDataKeys, [])
    },
    ifSeals,
  ),
]
