import { inspect } from 'node:util'
import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms'
import { awsErrorName, branchKeyCache, hierarchicalKeyring } from '@sealring/core/keyring'
import type { HierarchicalKeyringOptions, KeyringNode } from '@sealring/core/keyring'
import type { BranchKeyStore } from '@sealring/core/kms-keyring'
import { expect } from 'chai'
import { after, before, beforeEach, describe, it } from 'mocha'
import { branchKeyFixture, watched, type BranchKeyFixture } from '../branch-keys/branch-key-fixture.js'
import { codeOf, errorOf } from '../envelope/code-of.js'
import {
  bytesOf,
  everySuite,
  clientsFor,
  keyring as rawKeyring,
  oracle,
  ours,
  unsigned,
} from '../envelope/fixture.js'
import { wrongType } from '../envelope/wrong-type.js'
import { isZero } from './materials-requests.js'

const maxAge = 60_000
const moment = () => new Promise((resolve) => setTimeout(resolve, 10))
const many = Array.from({ length: 3000 }, (_, n) => n)

describe('hierarchicalKeyring', () => {
  let fixture: BranchKeyFixture
  let keyStore: BranchKeyStore
  let branchKeyId: string
  before(async () => {
    fixture = await branchKeyFixture()
  })
  after(() => fixture.stop())
  beforeEach(async () => {
    fixture.kms.faults.clear()
    keyStore = fixture.store()
    ;({ branchKeyId } = await keyStore.create())
    fixture.kms.calls.clear()
  })

  const make = (options: Partial<HierarchicalKeyringOptions> = {}): KeyringNode =>
    hierarchicalKeyring({ keyStore, branchKeyId, maxAge, ...options })
  const decrypts = () => fixture.kms.calls.count('Decrypt')
  const seal = async (keyring: KeyringNode, text = 'text') =>
    (await ours.encrypt(keyring, text, { suiteId: unsigned })).result
  const open = async (keyring: KeyringNode, message: Uint8Array) =>
    (await ours.decrypt(keyring, message)).plaintext.toString()

  it('seals and opens with every suite, with ours and with client-node', async () => {
    const keyring = make()
    for (const suite of everySuite) {
      const clients = clientsFor(suite)
      const asked = { suiteId: suite.id, encryptionContext: { purpose: 'test', B: '1', a: '2' } }
      const plaintext = bytesOf('hierarchical', 5000)
      for (const { result } of [
        await clients.ours.encrypt(keyring, plaintext, asked),
        await clients.oracle.encrypt(keyring, plaintext, { ...asked }),
      ]) {
        for (const { decrypt } of [clients.ours, clients.oracle]) {
          expect(plaintext.equals((await decrypt(keyring, result)).plaintext)).to.equal(true)
        }
      }
    }
    // One for the active key, one for its version.
    expect(decrypts()).to.equal(2)
  })

  it('asks once for 3,000 who open at the same time, and for 500 who seal', async () => {
    const message = await seal(make())
    fixture.kms.calls.clear()
    const opener = make()
    const opened = await Promise.all(many.map(() => open(opener, message)))
    expect(new Set(opened)).to.deep.equal(new Set(['text']))
    expect(decrypts()).to.equal(1)
    const sealer = make()
    await Promise.all(many.slice(0, 500).map(() => seal(sealer)))
    expect(decrypts()).to.equal(2)
  })

  it('disturbs nobody when one of those who wait gives up', async () => {
    const message = await seal(make())
    fixture.kms.calls.clear()
    fixture.kms.faults.latency(200, { operation: 'Decrypt' })
    const keyring = make()
    const controller = new AbortController()
    const reason = new Error('enough')
    const { signal } = controller
    const givenUp = ours.decrypt(keyring, message, { signal }).catch((error: unknown) => error)
    const others = Array.from({ length: 20 }, () => open(keyring, message))
    setTimeout(() => controller.abort(reason), 30)
    expect(await givenUp).to.equal(reason)
    expect(new Set(await Promise.all(others))).to.deep.equal(new Set(['text']))
    expect(decrypts()).to.equal(1)
  })

  it('shares a failure among those who wait, and keeps none', async () => {
    const message = await seal(make())
    fixture.kms.calls.clear()
    const remove = fixture.kms.faults.deny({ operation: 'Decrypt' })
    const keyring = make()
    const failures = await Promise.all(
      Array.from({ length: 50 }, () => errorOf(() => open(keyring, message))),
    )
    for (const error of failures)
      expect([error.code, awsErrorName(error)]).to.deep.equal([
        'DATA_KEY_NOT_UNWRAPPED',
        'AccessDeniedException',
      ])
    expect(decrypts()).to.equal(1)
    expect(await codeOf(() => seal(keyring))).to.equal('DATA_KEY_NOT_WRAPPED')
    remove()
    expect(await open(keyring, message)).to.equal('text')
  })

  it('shows a rotation, and a key that was disabled, when maxAge is over', async () => {
    let now = 0
    const keyring = make({ clock: () => now })
    const versionOf = async () => (await seal(keyring)).toString('latin1')
    const { version: first } = await keyStore.getActive(branchKeyId)
    const bytesOfVersion = (version: string) =>
      Buffer.from(version.replaceAll('-', ''), 'hex').toString('latin1')
    const early = await seal(keyring)
    expect(await versionOf()).to.include(bytesOfVersion(first))
    const { version: second } = await keyStore.rotate(branchKeyId)
    now = maxAge * 0.7
    expect(await versionOf()).to.include(bytesOfVersion(first))
    now = maxAge
    expect(await versionOf()).to.include(bytesOfVersion(second))
    expect(await open(keyring, early)).to.equal('text')

    await fixture.client.send(new DisableKeyCommand({ KeyId: fixture.keyArn }))
    now += maxAge * 0.7
    expect(await open(keyring, early)).to.equal('text')
    now += maxAge * 0.3
    const error = await errorOf(() => open(keyring, early))
    await fixture.client.send(new EnableKeyCommand({ KeyId: fixture.keyArn }))
    expect([error.code, awsErrorName(error)]).to.deep.equal(['DATA_KEY_NOT_UNWRAPPED', 'DisabledException'])
  })

  it('counts the age from before the store was asked', async () => {
    let now = 0
    const slow = {
      ...watched(keyStore),
      async getActive(id: string) {
        const branchKey = await keyStore.getActive(id)
        now += maxAge * 0.6
        return branchKey
      },
    }
    const keyring = make({ keyStore: slow, clock: () => now })
    await seal(keyring)
    now += maxAge * 0.4
    fixture.kms.calls.clear()
    await seal(keyring)
    expect(decrypts()).to.equal(1)
  })

  it('asks again ahead of the end, while the old key is in use', async () => {
    let now = 0
    const keyring = make({ clock: () => now })
    await seal(keyring)
    now = maxAge * 0.74
    await Promise.all(Array.from({ length: 20 }, () => seal(keyring)))
    expect(decrypts()).to.equal(1)
    await keyStore.rotate(branchKeyId)
    fixture.kms.faults.latency(100, { operation: 'Decrypt' })
    now = maxAge * 0.91
    // Nobody waits for the answer, which is on its way.
    await Promise.all(Array.from({ length: 20 }, () => seal(keyring)))
    expect(decrypts()).to.equal(1)
    while (decrypts() < 2) await moment()
    fixture.kms.faults.clear()
    now = maxAge * 1.6
    for (let round = 0; round < 20; round += 1) await seal(keyring)
    expect(decrypts()).to.equal(2)
  })

  it('seals under no key that its source has given before, and that was zeroed since', async () => {
    let now = 0
    const failures: string[] = []
    const once = await keyStore.getActive(branchKeyId)
    const source = { ...keyStore, getActive: () => Promise.resolve(once) }
    const keyring = make({
      keyStore: source,
      clock: () => now,
      onRefreshFailure: (error) => failures.push(String(error)),
    })
    await seal(keyring)
    for (now = maxAge * 0.95; now < maxAge * 3; now += maxAge / 3) {
      const message = await seal(keyring).catch(() => undefined)
      await moment()
      // What was sealed opens under the branch key, and not under zeros.
      if (message) expect(await open(make(), message)).to.equal('text')
    }
    expect(await codeOf(() => seal(keyring))).to.equal('DATA_KEY_NOT_WRAPPED')
    const error = await errorOf(() => seal(keyring))
    expect(error.cause).to.include({ code: 'BRANCH_KEY_INVALID' })
  })

  it('spreads that moment, so that not all ask at once', async () => {
    let now = 0
    const keyrings = Array.from({ length: 60 }, () => make({ clock: () => now }))
    await Promise.all(keyrings.map((keyring) => seal(keyring)))
    fixture.kms.calls.clear()
    now = maxAge * 0.825
    await Promise.all(keyrings.map((keyring) => seal(keyring)))
    while (decrypts() < 1) await moment()
    for (let round = 0; round < 10; round += 1) await moment()
    // Each with a chance of one half: 60 or none would be a miracle.
    expect(decrypts()).to.be.within(1, 59)
  })

  it('goes on with the old key while a refresh fails, says so, and ends with it', async () => {
    let now = 0
    const failures: unknown[] = []
    const keyring = make({ clock: () => now, onRefreshFailure: (error) => failures.push(error) })
    await seal(keyring)
    fixture.kms.faults.setRegionDown('eu-west-1')
    now = maxAge * 0.9
    for (const expected of [1, 1, 2]) {
      await Promise.all(Array.from({ length: 5 }, () => seal(keyring)))
      while (failures.length < expected) await moment()
      await moment()
      expect(failures).to.have.length(expected)
      now += 600
    }
    now = maxAge
    expect(await codeOf(() => seal(keyring))).to.equal('DATA_KEY_NOT_WRAPPED')
    fixture.kms.faults.clear()
    await seal(keyring)
  })

  it('is not stopped by a listener that throws', async () => {
    let now = 0
    const onRefreshFailure = () => {
      throw new Error('a listener of ours')
    }
    const keyring = make({ clock: () => now, onRefreshFailure })
    await seal(keyring)
    fixture.kms.faults.setRegionDown('eu-west-1')
    now = maxAge * 0.95
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
    await seal(keyring)
    expect((await warned).message).to.equal('onRefreshFailure of a hierarchical keyring failed: Error')
  })

  it('gives a key store up that doesn’t answer', async () => {
    fixture.kms.faults.latency(5_000, { operation: 'Decrypt' })
    const keyring = make({ timeoutMilliseconds: 30 })
    const error = await errorOf(() => seal(keyring))
    expect(error.code).to.equal('DATA_KEY_NOT_WRAPPED')
    expect(inspect(error.cause)).to.include('TimeoutError')
  })

  it('zeroes a branch key when it is evicted, and none that is in use', async () => {
    let now = 0
    const store = watched(keyStore)
    const cache = branchKeyCache({ clock: () => now })
    const keyring = make({ keyStore: store, cache })
    const message = await seal(keyring)
    await open(keyring, message)
    expect(store.keys.map(isZero)).to.deep.equal([false, false])
    cache.clear()
    expect(store.keys.map(isZero)).to.deep.equal([true, true])
    await seal(keyring)
    now = maxAge
    await seal(keyring)
    expect(store.keys.map(isZero)).to.deep.equal([true, true, true, false])
    now += maxAge * 0.95
    await seal(keyring)
    while (store.keys.length < 5) await moment()
    await seal(keyring)
    expect(store.keys.map(isZero)).to.deep.equal([true, true, true, true, false])

    const none = watched(keyStore)
    const forgetful = make({ keyStore: none, capacity: 0 })
    const opened = await Promise.all(Array.from({ length: 50 }, () => open(forgetful, message)))
    expect(new Set(opened)).to.deep.equal(new Set(['text']))
    expect(none.keys.map(isZero)).to.deep.equal([true])
  })

  it('evicts the least recently used beyond its capacity', async () => {
    const store = watched(keyStore)
    const ids = [branchKeyId, (await keyStore.create()).branchKeyId, (await keyStore.create()).branchKeyId]
    let next = 0
    const keyring = make({
      keyStore: store,
      branchKeyId: wrongType(undefined),
      branchKeyIdFor: () => ids[next]!,
      capacity: 2,
    })
    for (next = 0; next < 3; next += 1) await seal(keyring)
    expect(store.keys.map(isZero)).to.deep.equal([true, false, false])
  })

  it('shares a cache within a partition, and keeps others apart', async () => {
    const cache = branchKeyCache()
    await seal(make({ cache, partition: 'one' }))
    await seal(make({ cache, partition: 'one' }))
    expect(decrypts()).to.equal(1)
    await seal(make({ cache, partition: 'two' }))
    await seal(make({ cache }))
    await seal(make({ cache }))
    expect(decrypts()).to.equal(4)
    // An older one is too old for the keyring that wants it younger.
    let now = 0
    const timed = branchKeyCache({ clock: () => now })
    await seal(make({ cache: timed, partition: 'one' }))
    now = maxAge / 2
    await seal(make({ cache: timed, partition: 'one', maxAge: maxAge / 2 }))
    expect(decrypts()).to.equal(6)
  })

  it('chooses the branch key by the encryption context, for each tenant its own', async () => {
    const { branchKeyId: other } = await keyStore.create()
    const ids: Readonly<Record<string, string>> = { a: branchKeyId, b: other }
    const options = {
      branchKeyId: wrongType(undefined),
      branchKeyIdFor: async ({ tenant = '' }: Readonly<Record<string, string>>) => ids[tenant]!,
    }
    const keyring = make(options)
    const sealed = async (tenant: string) =>
      (await ours.encrypt(keyring, tenant, { encryptionContext: { tenant } })).result
    const [a, b] = [await sealed('a'), await sealed('b')]
    expect(await open(keyring, a)).to.equal('a')
    expect(await open(make({ branchKeyId: other }), b)).to.equal('b')
    expect(await codeOf(() => open(make(), b))).to.equal('NO_DATA_KEY')
    expect(await codeOf(() => sealed('nobody'))).to.equal('DATA_KEY_NOT_WRAPPED')
  })

  it('asks its function nothing about messages of other providers', async () => {
    let asked = 0
    const branchKeyIdFor = () => {
      asked += 1
      return branchKeyId
    }
    const keyring = make({ branchKeyId: wrongType(undefined), branchKeyIdFor })
    const message = await seal(rawKeyring)
    expect(await codeOf(() => open(keyring, message))).to.equal('NO_DATA_KEY')
    expect(asked).to.equal(0)
  })

  it('takes a branch key from its store only as it was asked for', async () => {
    const strange = (await keyStore.create()).branchKeyId
    const message = await seal(make())
    const lies: Partial<HierarchicalKeyringOptions['keyStore']>[] = [
      { getActive: () => keyStore.getActive(strange), getVersion: async () => keyStore.getActive(strange) },
      { getActive: async () => wrongType({ branchKeyId, version: 'x', key: new Uint8Array(32) }) },
      { getActive: async () => ({ ...(await keyStore.getActive(branchKeyId)), key: new Uint8Array(16) }) },
    ]
    for (const lie of lies) {
      const keyring = make({ keyStore: { ...keyStore, ...lie } })
      const error = await errorOf(() => seal(keyring))
      expect(error.code).to.equal('DATA_KEY_NOT_WRAPPED')
      expect(await codeOf(() => Promise.reject(error.cause))).to.equal('BRANCH_KEY_INVALID')
    }
    expect(await codeOf(() => open(make({ keyStore: { ...keyStore, ...lies[0] } }), message))).to.equal(
      'DATA_KEY_NOT_UNWRAPPED',
    )
  })

  it('shows no branch key in any error, whatever fails', async () => {
    const store = watched(keyStore)
    const keyring = make({ keyStore: store })
    const message = await seal(keyring)
    await open(keyring, message)
    const secrets = store.keys.map((key) => Buffer.from(key))
    const damaged = Uint8Array.from(message)
    // The tag of the only data key ends where the header's frame length begins.
    const at = Buffer.from(message).indexOf(branchKeyId) + branchKeyId.length + 2 + 44
    damaged[at]! ^= 1
    const errors = [
      await errorOf(() => open(keyring, damaged)),
      await errorOf(() => open(make({ branchKeyId: 'nobody' }), message)),
      await errorOf(() => seal(make({ branchKeyId: 'nobody' }))),
      await errorOf(() => seal(make({ keyStore: fixture.store({ logicalName: 'another' }) }))),
    ]
    for (const shown of [...errors, keyring, fixture, keyStore]) {
      const text = inspect(shown, {
        depth: 12,
        showHidden: true,
        maxArrayLength: null,
        breakLength: Infinity,
      })
      for (const secret of secrets) {
        for (const form of ['hex', 'base64', 'latin1'] as const)
          expect(text).to.not.include(secret.toString(form))
        expect(text.includes([...secret].join(', '))).to.equal(false)
      }
    }
    expect(JSON.stringify(keyring)).to.include(branchKeyId)
  })

  it('opens with client-node’s client what its own sealed, too', async () => {
    const { result } = await oracle.encrypt(make(), 'text', { encryptionContext: {} })
    expect(await open(make(), result)).to.equal('text')
  })

  const invalid: Readonly<Record<string, Partial<HierarchicalKeyringOptions>>> = {
    'no key store': { keyStore: wrongType({}) },
    'no branch key id': { branchKeyId: '' },
    'an id and a function': { branchKeyIdFor: () => 'id' },
    'no age': { maxAge: 0 },
    'an age that is no number': { maxAge: wrongType('1') },
    'an endless age': { maxAge: Infinity },
    'a capacity below 0': { capacity: -1 },
    'a foreign cache': { cache: wrongType({ clear: () => undefined }) },
    'a cache and a capacity': { cache: branchKeyCache(), capacity: 1 },
    'an empty partition': { partition: '' },
    'no time to answer': { timeoutMilliseconds: 0 },
    'a listener that is none': { onRefreshFailure: wrongType('x') },
  }
  for (const [what, options] of Object.entries(invalid)) {
    it(`refuses ${what}`, async () => {
      expect(await codeOf(() => make(options))).to.equal('KEYRING_INVALID')
    })
  }
})
