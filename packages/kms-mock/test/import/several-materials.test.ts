import { randomBytes } from 'node:crypto'
import { createClock, createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { beforeEach, describe, it } from 'mocha'
import { nameOf } from '../support/caught.js'
import { importMaterial } from '../support/import-material.js'
import { transports } from '../support/transports.js'
import { Plaintext, externalKeys } from './external-keys.js'

const day = 86_400_000
// RSA keys are made for each import: what no transport can change is shown on one.
const [transport] = transports

describe('imported key material: several materials of one symmetric key', () => {
  const mock = createKms({ clock: createClock({ frozen: true }) })
  const kms = transport.connected(mock).kms()
  const { create, describeKey, encrypt, decrypts } = externalKeys(kms)
  const inDays = (days: number): Date => new Date(mock.clock.now() + days * day)

  let KeyId: string
  let first: Buffer
  let second: Buffer
  let firstId: string
  beforeEach(async () => {
    KeyId = await create()
    first = randomBytes(32)
    second = randomBytes(32)
    firstId = (await importMaterial(kms, KeyId, first)).KeyMaterialId!
  })
  const isNew = { ImportType: 'NEW_KEY_MATERIAL' } as const
  const list = async (): Promise<(readonly [string?, string?])[]> =>
    (await kms.listKeyRotations({ KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' })).Rotations!.map(
      ({ KeyMaterialState, ImportState }) => [KeyMaterialState, ImportState] as const,
    )

  it('new material waits for its rotation; then both decrypt', async () => {
    const old = await encrypt(KeyId)
    const { KeyMaterialId } = await importMaterial(kms, KeyId, second, {
      ...isNew,
      KeyMaterialDescription: 'the second',
    })
    expect(KeyMaterialId).not.to.equal(firstId)
    expect(await list()).to.deep.equal([
      ['CURRENT', 'IMPORTED'],
      ['PENDING_ROTATION', 'IMPORTED'],
    ])
    expect((await kms.encrypt({ KeyId, Plaintext })).$metadata.httpStatusCode).to.equal(200)
    expect((await kms.generateDataKey({ KeyId, KeySpec: 'AES_256' })).KeyMaterialId).to.equal(firstId)
    expect((await describeKey(KeyId)).CurrentKeyMaterialId).to.equal(firstId)

    await kms.rotateKeyOnDemand({ KeyId })
    expect(await list()).to.deep.equal([
      ['NON_CURRENT', 'IMPORTED'],
      ['CURRENT', 'IMPORTED'],
    ])
    expect((await describeKey(KeyId)).CurrentKeyMaterialId).to.equal(KeyMaterialId)
    expect((await kms.listKeyRotations({ KeyId })).Rotations).to.deep.equal([
      {
        KeyId,
        KeyMaterialId,
        KeyMaterialDescription: 'the second',
        ImportState: 'IMPORTED',
        KeyMaterialState: 'CURRENT',
        ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
        RotationDate: new Date(mock.clock.now()),
        RotationType: 'ON_DEMAND',
      },
    ])
    await decrypts(old)
    await decrypts(await encrypt(KeyId))
  })

  it('needs all of them that are its for good', async () => {
    const old = await encrypt(KeyId)
    await importMaterial(kms, KeyId, second, isNew)
    await kms.rotateKeyOnDemand({ KeyId })
    const fresh = await encrypt(KeyId)
    expect(await kms.deleteImportedKeyMaterial({ KeyId, KeyMaterialId: firstId })).to.deep.include({
      KeyMaterialId: firstId,
    })
    const current = (await kms.deleteImportedKeyMaterial({ KeyId })).KeyMaterialId
    expect(current).to.equal((await describeKey(KeyId)).CurrentKeyMaterialId)
    expect(await list()).to.deep.equal([
      ['NON_CURRENT', 'PENDING_IMPORT'],
      ['CURRENT', 'PENDING_IMPORT'],
    ])
    expect((await describeKey(KeyId)).KeyState).to.equal('PendingImport')
    await importMaterial(kms, KeyId, second)
    expect((await describeKey(KeyId)).KeyState).to.equal('PendingImport')
    expect(await nameOf(kms.decrypt({ CiphertextBlob: fresh }))).to.equal('KMSInvalidStateException')
    await importMaterial(kms, KeyId, first, { KeyMaterialId: firstId })
    expect((await describeKey(KeyId)).KeyState).to.equal('Enabled')
    await decrypts(old)
    await decrypts(fresh)
  })

  it('the earliest date of those for good is the key’s', async () => {
    await importMaterial(kms, KeyId, first, { ValidTo: inDays(30) })
    await importMaterial(kms, KeyId, second, { ...isNew, ValidTo: inDays(20) })
    expect((await describeKey(KeyId)).ValidTo).to.deep.equal(inDays(30))
    await kms.rotateKeyOnDemand({ KeyId })
    expect((await describeKey(KeyId)).ValidTo).to.deep.equal(inDays(20))
    mock.clock.advance({ days: 20 })
    expect(await list()).to.deep.equal([
      ['NON_CURRENT', 'IMPORTED'],
      ['CURRENT', 'PENDING_IMPORT'],
    ])
  })

  it('pending material may go, by hand or by time, and other material come in its place', async () => {
    const { KeyMaterialId } = await importMaterial(kms, KeyId, second, isNew)
    expect(await nameOf(importMaterial(kms, KeyId, randomBytes(32), isNew))).to.equal(
      'KMSInvalidStateException',
    )
    await kms.deleteImportedKeyMaterial({ KeyId, KeyMaterialId })
    expect(await list()).to.deep.equal([['CURRENT', 'IMPORTED']])
    expect((await describeKey(KeyId)).KeyState).to.equal('Enabled')
    await importMaterial(kms, KeyId, randomBytes(32), { ...isNew, ValidTo: inDays(1) })
    mock.clock.advance({ days: 1 })
    expect(await list()).to.deep.equal([['CURRENT', 'IMPORTED']])
    expect(await nameOf(kms.rotateKeyOnDemand({ KeyId }))).to.equal('KMSInvalidStateException')
    await importMaterial(kms, KeyId, second, isNew)
    await kms.rotateKeyOnDemand({ KeyId })
  })

  it('tells new from existing material', async () => {
    const refused: readonly [Buffer, object, string][] = [
      [first, isNew, 'IncorrectKeyMaterialException'],
      [second, {}, 'IncorrectKeyMaterialException'],
      [second, { ImportType: 'EXISTING_KEY_MATERIAL' }, 'IncorrectKeyMaterialException'],
      [second, { KeyMaterialId: firstId }, 'IncorrectKeyMaterialException'],
      [first, { KeyMaterialId: '0'.repeat(64) }, 'IncorrectKeyMaterialException'],
      [second, { ...isNew, KeyMaterialId: firstId }, 'ValidationException'],
      [randomBytes(31), isNew, 'IncorrectKeyMaterialException'],
      [randomBytes(33), isNew, 'IncorrectKeyMaterialException'],
    ]
    for (const [material, request, name] of refused) {
      expect(await nameOf(importMaterial(kms, KeyId, material, request))).to.equal(name)
    }
    expect(await list()).to.deep.equal([['CURRENT', 'IMPORTED']])
  })

  it('keeps a description until another comes', async () => {
    const descriptionOf = async (): Promise<unknown> =>
      (await kms.listKeyRotations({ KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' })).Rotations![0]!
        .KeyMaterialDescription
    await importMaterial(kms, KeyId, first, { KeyMaterialDescription: 'a' })
    await kms.deleteImportedKeyMaterial({ KeyId })
    await importMaterial(kms, KeyId, first)
    expect(await descriptionOf()).to.equal('a')
    await importMaterial(kms, KeyId, first, { KeyMaterialDescription: 'b' })
    expect(await descriptionOf()).to.equal('b')
  })

  it('the same bytes have another id in another key', async () => {
    const other = await create()
    expect((await importMaterial(kms, other, first)).KeyMaterialId).not.to.equal(firstId)
  })

  it('is for symmetric keys alone', async () => {
    const mac = await create({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
    for (const request of [isNew, { KeyMaterialDescription: 'x' }, { KeyMaterialId: firstId }]) {
      expect(await nameOf(importMaterial(kms, mac, first, request))).to.equal('UnsupportedOperationException')
    }
    expect(await importMaterial(kms, mac, first)).not.to.have.property('KeyMaterialId')
    expect(await nameOf(importMaterial(kms, mac, second))).to.equal('IncorrectKeyMaterialException')
  })
})
