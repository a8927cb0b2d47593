import assert from 'node:assert/strict'
import { once } from 'node:events'
import { buildClient } from '../envelope/index.js'
import { cachingMaterialsManager } from '../keyring/caching-materials-manager.js'
import { companionOf } from './keyring-compose.js'
import { keyringCase, unlessEquivalent, unlessOpens, unlessSeals } from './keyring-case.js'
import type { EquivalentKeyring, KeyringFixture, KeyringUnderTest } from './keyring-fixture.js'
import { expectOpens, sampleContext, suitesOf, wrap } from './keyring-steps.js'

const committing = buildClient('REQUIRE_ENCRYPT_REQUIRE_DECRYPT')
const older = buildClient('FORBID_ENCRYPT_ALLOW_DECRYPT')
const suites = [
  { suiteId: 0x0014, client: older },
  { suiteId: 0x0378, client: older },
  { suiteId: 0x0478, client: committing },
  { suiteId: 0x0578, client: committing },
] as const

const takesSigned = ({ capabilities }: KeyringFixture): boolean => capabilities.signedSuites ?? true
/** The default suite, unless the keyring refuses it. */
const usualSuite = (fixture: KeyringFixture) => (takesSigned(fixture) ? {} : { suiteId: 0x0478 })

const encryptionContext = { ...sampleContext }
const plaintext = Buffer.from('what is sealed, in several frames of sixteen bytes')

function expectPlaintext(actual: Uint8Array): void {
  assert.equal(Buffer.from(actual).toString(), plaintext.toString())
}

function equivalentOf({ equivalent }: KeyringUnderTest): EquivalentKeyring {
  assert.ok(equivalent, 'The keyring declares equivalent: true, and the fixture has none')
  return equivalent
}

/** Whole messages: with our client, behind a caching materials manager, with client-node. */
export const keyringMessages = [
  keyringCase(
    'messages: signed and unsigned, with and without a KDF',
    async ({ sealer, opener, fixture }) => {
      const known = suitesOf(fixture).map(({ id }) => id)
      for (const { suiteId, client } of suites) {
        if (!known.includes(suiteId)) continue
        const { result } = await client.encrypt(sealer, plaintext, {
          suiteId,
          encryptionContext,
          frameLength: 16,
        })
        expectPlaintext((await client.decrypt(opener, result)).plaintext)
      }
    },
  ),

  keyringCase('messages: as a stream', async ({ sealer, opener, fixture }) => {
    const sealing = committing.encryptStream(sealer, {
      ...usualSuite(fixture),
      encryptionContext,
      frameLength: 16,
    })
    sealing.end(plaintext)
    const sealed = await sealing.toArray()
    const opening = committing.decryptStream(opener)
    const header = once(opening, 'MessageHeader')
    opening.end(Buffer.concat(sealed))
    expectPlaintext(Buffer.concat(await opening.toArray()))
    await header
  }),

  keyringCase(
    'messages: what it does not open has a code, and a cause where the keyring is to blame',
    async ({ keyring, subject, fixture }) => {
      const foreign = await committing.encrypt(companionOf(keyring), plaintext)
      await assert.rejects(committing.decrypt(keyring, foreign.result), {
        name: 'KeyringError',
        code: 'NO_DATA_KEY',
      })
      if (!fixture.capabilities.seals) return
      const strange = await committing.encrypt(subject.stranger, plaintext, usualSuite(fixture))
      await assert.rejects(committing.decrypt(keyring, strange.result), (error) => {
        assert.ok(error instanceof Error && 'code' in error)
        if (error.code === 'NO_DATA_KEY') return true
        assert.equal(error.code, 'DATA_KEY_NOT_UNWRAPPED')
        assert.notEqual(error.cause, undefined, 'The error has no cause')
        return true
      })
    },
    unlessOpens,
  ),

  keyringCase(
    'caching: one data key for several messages, and each opens',
    async ({ sealer, opener, fixture }) => {
      const options = { ...usualSuite(fixture), encryptionContext }
      const sealing = cachingMaterialsManager({ keyring: sealer, maxAge: 60_000 })
      const opening = cachingMaterialsManager({ keyring: opener, maxAge: 60_000 })
      const messages = await Promise.all([1, 2, 3].map(() => committing.encrypt(sealing, plaintext, options)))
      const keys = messages.map(({ messageHeader }) =>
        messageHeader.encryptedDataKeys.map(({ encryptedDataKey }) =>
          Buffer.from(encryptedDataKey).toString('hex'),
        ),
      )
      assert.deepEqual(keys[1], keys[0])
      assert.deepEqual(keys[2], keys[0])
      for (const { result } of messages) {
        expectPlaintext((await committing.decrypt(opening, result)).plaintext)
        expectPlaintext((await committing.decrypt(opener, result)).plaintext)
      }
      opening.clear()
      sealing.clear()
      expectPlaintext((await committing.decrypt(opening, messages[0]!.result)).plaintext)
      const again = await committing.encrypt(sealing, plaintext, options)
      expectPlaintext((await committing.decrypt(opener, again.result)).plaintext)
    },
  ),

  keyringCase(
    'client-node: its keyring opens what this one sealed',
    async ({ keyring, subject }) => {
      const equivalent = equivalentOf(subject)
      await expectOpens(equivalent.keyring, await wrap(keyring))
      const { result } = await committing.encrypt(keyring, plaintext, { encryptionContext })
      expectPlaintext((await equivalent.client.decrypt(equivalent.keyring, result)).plaintext)
      const theirs = await equivalent.client.encrypt(keyring, plaintext, {
        encryptionContext: { ...encryptionContext },
      })
      expectPlaintext((await equivalent.client.decrypt(equivalent.keyring, theirs.result)).plaintext)
    },
    (fixture) => unlessEquivalent(fixture) ?? unlessSeals(fixture),
  ),

  keyringCase(
    'client-node: this keyring opens what its keyring sealed',
    async ({ keyring, subject }) => {
      const equivalent = equivalentOf(subject)
      await expectOpens(keyring, await wrap(equivalent.keyring))
      const { result } = await equivalent.client.encrypt(equivalent.keyring, plaintext, {
        encryptionContext: { ...encryptionContext },
      })
      expectPlaintext((await committing.decrypt(keyring, result)).plaintext)
      expectPlaintext((await equivalent.client.decrypt(keyring, result)).plaintext)
    },
    (fixture) => unlessEquivalent(fixture) ?? unlessOpens(fixture),
  ),
]
