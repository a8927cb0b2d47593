import { randomBytes } from 'node:crypto'
import type { KMS } from '@aws-sdk/client-kms'
import { createClock, createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { nameOf } from '../support/caught.js'
import { importMaterial, parametersForImport } from '../support/import-material.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { transports } from '../support/transports.js'
import { externalKeys } from './external-keys.js'

const day = 86_400_000
// RSA keys are made for each import: what no transport can change is shown on one.
const [transport] = transports

describe('imported key material: tokens', () => {
  const mock = createKms({ clock: createClock({ frozen: true }) })
  const kms = transport.connected(mock).kms()
  const { create, describeKey } = externalKeys(kms)

  it('are good for 24 hours, as often as wanted', async () => {
    const KeyId = await create()
    const { ImportToken, ParametersValidTo, wrap } = await parametersForImport(kms, KeyId)
    expect(ParametersValidTo).to.deep.equal(new Date(Math.floor(mock.clock.now()) + day))
    const EncryptedKeyMaterial = wrap(randomBytes(32))
    const bring = (): Promise<unknown> =>
      kms.importKeyMaterial({
        KeyId,
        ImportToken,
        EncryptedKeyMaterial,
        ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
      })
    await bring()
    mock.clock.advance({ milliseconds: day - 1 })
    await bring()
    mock.clock.advance({ milliseconds: 1 })
    expect(await nameOf(bring())).to.equal('ExpiredImportTokenException')
  })

  it('belong to one key and one wrapping key, and to nobody who would change them', async () => {
    const [KeyId, other] = [await create(), await create()]
    const [one, two] = [await parametersForImport(kms, KeyId), await parametersForImport(kms, other)]
    const again = await parametersForImport(kms, KeyId)
    const bring = (ImportToken: Uint8Array, EncryptedKeyMaterial: Buffer): Promise<string> =>
      nameOf(
        kms.importKeyMaterial({
          KeyId,
          ImportToken,
          EncryptedKeyMaterial,
          ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
        }),
      )
    const material = randomBytes(32)
    expect(await bring(two.ImportToken, two.wrap(material))).to.equal('InvalidImportTokenException')
    expect(await bring(one.ImportToken, again.wrap(material))).to.equal('InvalidCiphertextException')
    expect(await bring(one.ImportToken, Buffer.from('x'))).to.equal('InvalidCiphertextException')
    const flips = [0, 12, 28, one.ImportToken.length - 1]
    for (const at of flips) {
      const changed = Buffer.from(one.ImportToken)
      changed[at]! ^= 1
      expect(await bring(changed, one.wrap(material))).to.equal('InvalidImportTokenException')
    }
    for (const token of [Buffer.from('x'), Buffer.from(one.ImportToken).subarray(0, 28)]) {
      expect(await bring(token, one.wrap(material))).to.equal('InvalidImportTokenException')
    }
    expect((await describeKey(KeyId)).KeyState).to.equal('PendingImport')
  })

  it('do not show the wrapping key', async () => {
    const { ImportToken } = await parametersForImport(kms, await create())
    const text = Buffer.from(ImportToken).toString('latin1')
    expect(text).not.to.match(/arn:aws|wrappingKey|RSAES/)
  })
})

describe('import with a state file', () => {
  const path = temporaryFolder()

  it('a token, what it brought and when that expires outlive the process', async () => {
    const stateFile = path('import.json')
    const clock = createClock({ frozen: true })
    const connectTo = async (): Promise<KMS> =>
      (await transport.connect(createKms({ stateFile, clock }))).kms()
    const before = await connectTo()
    const KeyId = (await before.createKey({ Origin: 'EXTERNAL' })).KeyMetadata!.KeyId!
    const { ImportToken, wrap } = await parametersForImport(before, KeyId)
    const after = await connectTo()
    const EncryptedKeyMaterial = wrap(randomBytes(32))
    const ValidTo = new Date(clock.now() + day)
    await after.importKeyMaterial({ KeyId, ImportToken, EncryptedKeyMaterial, ValidTo })
    await importMaterial(after, KeyId, randomBytes(32), {
      ImportType: 'NEW_KEY_MATERIAL',
      KeyMaterialDescription: 'next',
    })
    const last = await connectTo()
    const all = { KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' } as const
    expect((await last.listKeyRotations(all)).Rotations).to.deep.equal(
      (await after.listKeyRotations(all)).Rotations,
    )
    clock.advance({ days: 1 })
    expect((await last.describeKey({ KeyId })).KeyMetadata!.KeyState).to.equal('PendingImport')
  })
})
