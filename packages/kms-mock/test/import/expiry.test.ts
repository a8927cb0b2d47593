import { randomBytes } from 'node:crypto'
import { createClock, createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { before, describe, it } from 'mocha'
import { nameOf } from '../support/caught.js'
import { importMaterial } from '../support/import-material.js'
import { transports } from '../support/transports.js'
import { externalKeys } from './external-keys.js'

const day = 86_400_000
// RSA keys are made for each import: what no transport can change is shown on one.
const [transport] = transports

describe('imported key material: expiry', () => {
  const mock = createKms({ clock: createClock({ frozen: true }) })
  const kms = transport.connected(mock).kms()
  const { create, describeKey, encrypt, decrypts } = externalKeys(kms)
  const inDays = (days: number): Date => new Date(mock.clock.now() + days * day)

  it('takes the material away, and its date; the same material brings the key back', async () => {
    const KeyId = await create()
    const material = randomBytes(32)
    const ValidTo = inDays(10)
    await importMaterial(kms, KeyId, material, { ValidTo, ExpirationModel: 'KEY_MATERIAL_EXPIRES' })
    const described = await describeKey(KeyId)
    expect(described).to.include({ ExpirationModel: 'KEY_MATERIAL_EXPIRES', KeyState: 'Enabled' })
    expect(described.ValidTo).to.deep.equal(ValidTo)
    const CiphertextBlob = await encrypt(KeyId)
    mock.clock.advance({ milliseconds: 10 * day - 1 })
    await decrypts(CiphertextBlob)
    mock.clock.advance({ milliseconds: 1 })
    expect(await nameOf(kms.decrypt({ CiphertextBlob }))).to.equal('KMSInvalidStateException')
    expect(await describeKey(KeyId))
      .to.include({ KeyState: 'PendingImport', Enabled: false })
      .and.not.have.any.keys('ValidTo', 'ExpirationModel')
    expect(await nameOf(importMaterial(kms, KeyId, randomBytes(32)))).to.equal(
      'IncorrectKeyMaterialException',
    )
    await importMaterial(kms, KeyId, material)
    mock.clock.advance({ days: 4000 })
    await decrypts(CiphertextBlob)
  })

  it('takes it away also while a call is under way', async () => {
    const KeyId = await create()
    await importMaterial(kms, KeyId, randomBytes(32), { ValidTo: inDays(1) })
    const pair = nameOf(mock.handle('GenerateDataKeyPair', { KeyId, KeyPairSpec: 'RSA_2048' }))
    mock.clock.advance({ days: 2 })
    expect(await pair).to.equal('KMSInvalidStateException')
  })

  it('is moved, or called off, by another import', async () => {
    const KeyId = await create()
    const material = randomBytes(32)
    await importMaterial(kms, KeyId, material, { ValidTo: inDays(1) })
    await importMaterial(kms, KeyId, material, { ValidTo: inDays(3) })
    mock.clock.advance({ days: 2 })
    expect((await describeKey(KeyId)).KeyState).to.equal('Enabled')
    await importMaterial(kms, KeyId, material)
    mock.clock.advance({ days: 2 })
    expect(await describeKey(KeyId)).to.include({
      KeyState: 'Enabled',
      ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
    })
  })

  let refusing: string
  before(async () => {
    refusing = await create()
  })
  const wrong: readonly [what: string, request: () => object][] = [
    [
      'a date without expiry',
      () => ({ ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE', ValidTo: inDays(1) }),
    ],
    ['expiry without a date', () => ({ ExpirationModel: 'KEY_MATERIAL_EXPIRES' })],
    ['no expiration model and no date', () => ({ ExpirationModel: undefined })],
    ['a date that is past', () => ({ ValidTo: new Date(mock.clock.now() - 1000) })],
    ['the present', () => ({ ValidTo: inDays(0) })],
    ['more than 365 days', () => ({ ValidTo: new Date(inDays(365).getTime() + 1000) })],
  ]
  for (const [what, request] of wrong) {
    it(`refuses ${what}`, async () => {
      const call = importMaterial(kms, refusing, randomBytes(32), request())
      expect(await nameOf(call)).to.equal('ValidationException')
      expect((await describeKey(refusing)).KeyState).to.equal('PendingImport')
    })
  }

  it('takes 365 days', async () => {
    await importMaterial(kms, await create(), randomBytes(32), { ValidTo: inDays(365) })
  })

  it('goes on while the key is pending deletion; then cancelling brings PendingImport', async () => {
    const KeyId = await create()
    const material = randomBytes(32)
    await importMaterial(kms, KeyId, material, { ValidTo: inDays(5) })
    await kms.scheduleKeyDeletion({ KeyId })
    mock.clock.advance({ days: 6 })
    expect((await describeKey(KeyId)).KeyState).to.equal('PendingDeletion')
    await kms.cancelKeyDeletion({ KeyId })
    expect((await describeKey(KeyId)).KeyState).to.equal('PendingImport')
    await importMaterial(kms, KeyId, material)
    expect((await describeKey(KeyId)).KeyState).to.equal('Enabled')
  })

  it('a disabled key stays disabled when its material is imported again, and is lost without it', async () => {
    const KeyId = await create()
    const material = randomBytes(32)
    await importMaterial(kms, KeyId, material)
    await kms.disableKey({ KeyId })
    await importMaterial(kms, KeyId, material)
    expect((await describeKey(KeyId)).KeyState).to.equal('Disabled')
    await kms.deleteImportedKeyMaterial({ KeyId })
    expect((await describeKey(KeyId)).KeyState).to.equal('PendingImport')
    expect(await kms.deleteImportedKeyMaterial({ KeyId })).to.have.property('KeyMaterialId')
  })
})
