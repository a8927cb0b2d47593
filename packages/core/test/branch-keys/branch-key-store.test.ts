import { inspect } from 'node:util'
import { DecryptCommand, DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms'
import type { BranchKeyRecord, BranchKeyStorage } from '@sealring/core'
import { awsErrorName } from '@sealring/core/keyring'
import type { BranchKeyStoreOptions } from '@sealring/core/kms-keyring'
import { expect } from 'chai'
import { after, before, beforeEach, describe, it } from 'mocha'
import { codeOf, errorOf } from '../envelope/code-of.js'
import { wrongType } from '../envelope/wrong-type.js'
import { branchKeyFixture, logicalName, newStorage, type BranchKeyFixture } from './branch-key-fixture.js'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('branchKeyStore', () => {
  let fixture: BranchKeyFixture
  before(async () => {
    fixture = await branchKeyFixture()
  })
  after(() => fixture.stop())
  beforeEach(() => fixture.kms.calls.clear())

  const encryptionContext = { department: 'admin', ключ: 'значение' }
  const operations = () => fixture.kms.calls.list().map(({ operation }) => operation)
  const recordOf = async (branchKeyId: string, type: string): Promise<BranchKeyRecord> => {
    const record = await fixture.storage.read({ branchKeyId, type })
    if (record === undefined) throw new Error(`There is no ${type}`)
    return record
  }

  it('creates three records, each of which KMS decrypts under the specification’s context', async () => {
    const clock = () => Date.UTC(2026, 1, 3, 4, 5, 6, 78)
    const store = fixture.store({ clock })
    const { branchKeyId, version } = await store.create({ encryptionContext })
    expect(branchKeyId).to.match(uuid)
    expect(version).to.match(uuid)
    const made = ['GenerateDataKeyWithoutPlaintext', 'ReEncrypt', 'GenerateDataKeyWithoutPlaintext']
    expect(operations()).to.deep.equal(made)
    const common = {
      'branch-key-id': branchKeyId,
      'create-time': '2026-02-03T04:05:06.078000Z',
      'kms-arn': fixture.keyArn,
      'hierarchy-version': '1',
      'aws-crypto-ec:department': 'admin',
      'aws-crypto-ec:ключ': 'значение',
    }
    const type = `branch:version:${version}`
    const expected = {
      [type]: { ...common, type },
      'branch:ACTIVE': { ...common, type: 'branch:ACTIVE', version: type },
      'beacon:ACTIVE': { ...common, type: 'beacon:ACTIVE' },
    }
    const keys: Buffer[] = []
    for (const [name, attributes] of Object.entries(expected)) {
      const record = await recordOf(branchKeyId, name)
      expect({ ...record.attributes }).to.deep.equal(attributes)
      const { Plaintext } = await fixture.client.send(
        new DecryptCommand({
          CiphertextBlob: record.ciphertext,
          EncryptionContext: { ...attributes, tablename: logicalName },
        }),
      )
      keys.push(Buffer.from(Plaintext!))
    }
    // The active key is the version's, and the beacon key another.
    expect([keys[0]!.equals(keys[1]!), keys[0]!.equals(keys[2]!)]).to.deep.equal([true, false])

    const [active, found, beacon] = [
      await store.getActive(branchKeyId),
      await store.getVersion(branchKeyId, version),
      await store.getBeacon(branchKeyId),
    ]
    for (const branchKey of [active, found]) {
      expect({ ...branchKey }).to.deep.equal({ branchKeyId, version, encryptionContext })
      expect(keys[0]!.equals(branchKey.key)).to.equal(true)
    }
    expect(keys[2]!.equals(beacon.key)).to.equal(true)
    expect(beacon.encryptionContext).to.deep.equal(encryptionContext)
  })

  it('rotates: a new version is active, the former stays, the context too', async () => {
    const store = fixture.store()
    const first = await store.create({ branchKeyId: 'tenant/1 ü', encryptionContext })
    const before = await store.getActive(first.branchKeyId)
    fixture.kms.calls.clear()
    const second = await store.rotate(first.branchKeyId)
    expect(operations()).to.deep.equal(['ReEncrypt', 'GenerateDataKeyWithoutPlaintext', 'ReEncrypt'])
    expect(second.version).to.not.equal(first.version)
    const active = await store.getActive(first.branchKeyId)
    expect({ ...active }).to.deep.equal({ ...second, encryptionContext })
    expect(Buffer.from(active.key).equals(before.key)).to.equal(false)
    const former = await store.getVersion(first.branchKeyId, first.version)
    expect(Buffer.from(former.key).equals(before.key)).to.equal(true)
    await store.getBeacon(first.branchKeyId)
  })

  it('creates nothing twice, and of many who rotate at once lets one win', async () => {
    const store = fixture.store()
    const branchKeyId = 'raced'
    const codes = await Promise.all(
      Array.from({ length: 5 }, () => codeOf(() => store.create({ branchKeyId, encryptionContext }))),
    )
    expect(codes.toSorted()).to.deep.equal([
      ...Array.from({ length: 4 }, () => 'BRANCH_KEY_EXISTS'),
      'no error',
    ])
    const turns = await Promise.all(Array.from({ length: 5 }, () => codeOf(() => store.rotate(branchKeyId))))
    expect(turns.filter((code) => code === 'no error')).to.have.length(1)
    expect(new Set(turns)).to.deep.equal(new Set(['no error', 'BRANCH_KEY_CONFLICT']))
    expect((await store.getActive(branchKeyId)).branchKeyId).to.equal(branchKeyId)
  })

  it('refuses what was changed, moved or exchanged', async () => {
    const store = fixture.store()
    const { branchKeyId, version } = await store.create({ encryptionContext })
    const other = await store.create({ encryptionContext })
    const activeRecord = await recordOf(branchKeyId, 'branch:ACTIVE')
    const otherRecord = await recordOf(other.branchKeyId, 'branch:ACTIVE')
    const { attributes, ciphertext } = activeRecord
    const without = (name: string) =>
      Object.fromEntries(Object.entries(attributes).filter(([key]) => key !== name))
    const served: Readonly<Record<string, BranchKeyRecord>> = {
      'another context': { ciphertext, attributes: { ...attributes, 'aws-crypto-ec:department': 'sales' } },
      'an attribute more': { ciphertext, attributes: { ...attributes, note: 'hello' } },
      'an attribute less': { ciphertext, attributes: without('aws-crypto-ec:department') },
      'another time': {
        ciphertext,
        attributes: { ...attributes, 'create-time': '2020-01-01T00:00:00.000000Z' },
      },
      'another version': {
        ciphertext,
        attributes: { ...attributes, version: 'branch:version:01234567-89ab-4cde-8f01-23456789abcd' },
      },
      'another key’s ciphertext': { ciphertext: otherRecord.ciphertext, attributes },
      'another branch key': otherRecord,
      'the version’s record': await recordOf(branchKeyId, `branch:version:${version}`),
      'a version that is no UUID': { ciphertext, attributes: { ...attributes, version: 'branch:version:1' } },
      'no version': { ciphertext, attributes: without('version') },
      'no KMS key': { ciphertext, attributes: without('kms-arn') },
      'another KMS key': { ciphertext, attributes: { ...attributes, 'kms-arn': fixture.otherArn } },
      'another hierarchy': { ciphertext, attributes: { ...attributes, 'hierarchy-version': '2' } },
      'a table name of its own': { ciphertext, attributes: { ...attributes, tablename: logicalName } },
      'no ciphertext': { ciphertext: new Uint8Array(), attributes },
      'bytes for a ciphertext': { ciphertext: new Uint8Array(99), attributes },
    }
    for (const [what, record] of Object.entries(served)) {
      const storage: BranchKeyStorage = { ...fixture.storage, read: async () => record }
      const tricked = fixture.store({ storage })
      expect(await codeOf(() => tricked.getActive(branchKeyId)), what).to.equal('BRANCH_KEY_INVALID')
      expect(await codeOf(() => tricked.rotate(branchKeyId)), what).to.equal('BRANCH_KEY_INVALID')
    }
    // As far as its own ciphertext goes, the record is sound.
    const fine: BranchKeyStorage = { ...fixture.storage, read: async () => activeRecord }
    expect(await codeOf(() => fixture.store({ storage: fine }).getActive(branchKeyId))).to.equal('no error')
  })

  it('belongs to its logical name and its KMS key', async () => {
    const { branchKeyId } = await fixture.store().create()
    const ask = (options: Partial<BranchKeyStoreOptions>) =>
      codeOf(() => fixture.store(options).getActive(branchKeyId))
    expect(await ask({ logicalName: 'other keys' })).to.equal('BRANCH_KEY_INVALID')
    expect(await ask({ keyArn: fixture.otherArn })).to.equal('BRANCH_KEY_INVALID')
    expect(await ask({ storage: newStorage() })).to.equal('BRANCH_KEY_NOT_FOUND')
  })

  it('says who is missing', async () => {
    const store = fixture.store()
    const { branchKeyId } = await store.create()
    const missing = '01234567-89ab-4cde-8f01-23456789abcd'
    expect(await codeOf(() => store.getActive('nobody'))).to.equal('BRANCH_KEY_NOT_FOUND')
    expect(await codeOf(() => store.getBeacon('nobody'))).to.equal('BRANCH_KEY_NOT_FOUND')
    expect(await codeOf(() => store.rotate('nobody'))).to.equal('BRANCH_KEY_NOT_FOUND')
    expect(await codeOf(() => store.getVersion(branchKeyId, missing))).to.equal('BRANCH_KEY_NOT_FOUND')
    for (const bad of ['', 'ACTIVE', missing.toUpperCase()])
      expect(await codeOf(() => store.getVersion(branchKeyId, bad))).to.equal('INVALID_ARGUMENT')
    for (const bad of ['', '\ud800'])
      expect(await codeOf(() => store.getActive(bad))).to.equal('INVALID_ARGUMENT')
    expect(await codeOf(() => store.create({ branchKeyId: 'mine' }))).to.equal('INVALID_ARGUMENT')
    const wrongContext = wrongType({ a: 1 })
    expect(await codeOf(() => store.create({ encryptionContext: wrongContext }))).to.equal('INVALID_CONTEXT')
  })

  it('keeps what KMS says, and shows no key bytes', async () => {
    const store = fixture.store()
    const { branchKeyId } = await store.create({ encryptionContext })
    const branchKey = await store.getActive(branchKeyId)
    const all = { depth: Infinity, showHidden: true } as const
    const hex = Buffer.from(branchKey.key).toString('hex')
    const listed = [...branchKey.key].join(', ')
    const shows = (text: string) => text.replaceAll(/\s+/g, ' ').includes(listed) || text.includes(hex)
    expect([inspect(branchKey), inspect(branchKey, all), JSON.stringify(branchKey)].some(shows)).to.equal(
      false,
    )
    expect(shows(inspect([...branchKey.key], { maxArrayLength: null, breakLength: Infinity }))).to.equal(true)

    await fixture.client.send(new DisableKeyCommand({ KeyId: fixture.keyArn }))
    const disabled = [
      await errorOf(() => store.getActive(branchKeyId)),
      await errorOf(() => store.rotate(branchKeyId)),
      await errorOf(() => store.create()),
    ]
    await fixture.client.send(new EnableKeyCommand({ KeyId: fixture.keyArn }))
    for (const error of disabled)
      expect([error.code, awsErrorName(error)]).to.deep.equal(['BRANCH_KEY_UNAVAILABLE', 'DisabledException'])
    const remove = fixture.kms.faults.deny({ operation: 'Decrypt' })
    const denied = await errorOf(() => store.getActive(branchKeyId))
    remove()
    expect(awsErrorName(denied)).to.equal('AccessDeniedException')
  })

  it('rejects with the reason of a signal that is aborted', async () => {
    const store = fixture.store()
    const { branchKeyId } = await store.create()
    const reason = new Error('enough')
    const thrown = async (signal: AbortSignal) =>
      store.getActive(branchKeyId, { signal }).then(
        () => undefined,
        (error: unknown) => error,
      )
    expect(await thrown(AbortSignal.abort(reason))).to.equal(reason)
    const remove = fixture.kms.faults.latency(2_000, { operation: 'Decrypt' })
    const controller = new AbortController()
    setTimeout(() => controller.abort(reason), 20)
    expect(await thrown(controller.signal)).to.equal(reason)
    remove()
  })

  const invalid: Readonly<Record<string, Partial<BranchKeyStoreOptions>>> = {
    'no logical name': { logicalName: '' },
    'no storage': { storage: wrongType({}) },
    'two ways to the key': { discovery: true },
    'an alias': { keyArn: 'arn:aws:kms:eu-west-1:111122223333:alias/a' },
    'a key id': { keyArn: '01234567-89ab-4cde-8f01-23456789abcd' },
    'a client and another': { clientConfig: {} },
  }
  for (const [what, options] of Object.entries(invalid)) {
    it(`refuses ${what}`, async () => {
      expect(await codeOf(() => fixture.store(options))).to.equal('KEYRING_INVALID')
    })
  }
})
