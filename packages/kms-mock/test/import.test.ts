import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto'
import type { CreateKeyCommandInput, KMS, KeyMetadata, WrappingKeySpec } from '@aws-sdk/client-kms'
import { createClock, createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { beforeEach, describe, it } from 'mocha'
import { nameOf } from './support/caught.js'
import { importMaterial, parametersForImport, wraps } from './support/import-material.js'
import { hasOpenssl, withOpenssl } from './support/openssl.js'
import { temporaryFolder } from './support/temporary-folder.js'
import { transports } from './support/transports.js'

const Plaintext = Buffer.from('plaintext')
const day = 86_400_000
const pkcs8 = { format: 'der', type: 'pkcs8' } as const
const privateKeys = {
  ECC_NIST_P521: () => generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey.export(pkcs8),
  ECC_NIST_P256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(pkcs8),
  ECC_NIST_EDWARDS25519: () => generateKeyPairSync('ed25519').privateKey.export(pkcs8),
  RSA_2048: () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pkcs8),
} as const

for (const { transport, connected } of transports) {
  describe(`imported key material, ${transport}`, function () {
    // RSA_4096 wrapping keys are made here.
    this.timeout(120_000)
    const mock = createKms({ clock: createClock({ frozen: true }) })
    const connection = connected(mock)
    const kms = connection.kms()

    const create = async (input: CreateKeyCommandInput = {}, on = kms): Promise<string> =>
      (await on.createKey({ Origin: 'EXTERNAL', ...input })).KeyMetadata!.KeyId!
    const describeKey = async (KeyId: string): Promise<KeyMetadata> =>
      (await kms.describeKey({ KeyId })).KeyMetadata!
    const encrypt = async (KeyId: string): Promise<Uint8Array> =>
      (await kms.encrypt({ KeyId, Plaintext })).CiphertextBlob!
    const decrypts = async (CiphertextBlob: Uint8Array): Promise<void> => {
      expect(Buffer.from((await kms.decrypt({ CiphertextBlob })).Plaintext!)).to.deep.equal(Plaintext)
    }
    const inDays = (days: number): Date => new Date(mock.clock.now() + days * day)

    describe('wrapping', () => {
      const symmetric = [
        ['RSAES_OAEP_SHA_1', 'RSA_2048'],
        ['RSAES_OAEP_SHA_256', 'RSA_3072'],
        ['RSAES_OAEP_SHA_256', 'RSA_4096'],
      ] as const
      for (const [algorithm, wrappingKeySpec] of symmetric) {
        it(`${algorithm} under ${wrappingKeySpec} brings a symmetric key`, async () => {
          const KeyId = await create()
          expect((await describeKey(KeyId)).KeyState).to.equal('PendingImport')
          const { ImportToken, wrap } = await parametersForImport(kms, KeyId, algorithm, wrappingKeySpec)
          const { KeyMaterialId } = await kms.importKeyMaterial({
            KeyId,
            ImportToken,
            EncryptedKeyMaterial: wrap(randomBytes(32)),
            ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
          })
          expect(await describeKey(KeyId))
            .to.include({
              KeyState: 'Enabled',
              Enabled: true,
              Origin: 'EXTERNAL',
              ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
              CurrentKeyMaterialId: KeyMaterialId,
            })
            .and.not.have.property('ValidTo')
          await decrypts(await encrypt(KeyId))
        })
      }

      it(withOpenssl('SM2PKE under SM2 brings a key in China, and there alone'), async function () {
        if (!hasOpenssl) this.skip()
        const china = connection.kms('cn-north-1')
        const KeyId = await create({}, china)
        const { ImportToken, wrap } = await parametersForImport(china, KeyId, 'SM2PKE', 'SM2')
        await china.importKeyMaterial({
          KeyId,
          ImportToken,
          EncryptedKeyMaterial: wrap(randomBytes(32)),
          ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
        })
        await china.encrypt({ KeyId, Plaintext })
        expect(await nameOf(parametersForImport(kms, await create(), 'SM2PKE', 'SM2'))).to.equal(
          'UnsupportedOperationException',
        )
      })

      const asymmetric = [
        ['RSA_AES_KEY_WRAP_SHA_1', 'RSA_2048', 'RSA_2048'],
        ['RSA_AES_KEY_WRAP_SHA_256', 'RSA_3072', 'RSA_2048'],
        ['RSA_AES_KEY_WRAP_SHA_256', 'RSA_2048', 'ECC_NIST_P521'],
        ['RSAES_OAEP_SHA_1', 'RSA_3072', 'ECC_NIST_P521'],
        ['RSAES_OAEP_SHA_256', 'RSA_2048', 'ECC_NIST_P256'],
        ['RSAES_OAEP_SHA_256', 'RSA_2048', 'ECC_NIST_EDWARDS25519'],
      ] as const
      for (const [algorithm, wrappingKeySpec, KeySpec] of asymmetric) {
        it(`${algorithm} under ${wrappingKeySpec} brings a private key of ${KeySpec}, and the same one again`, async () => {
          const KeyId = await create({ KeySpec, KeyUsage: 'SIGN_VERIFY' })
          const privateKey = privateKeys[KeySpec]()
          const bring = async (key: Buffer): Promise<unknown> => {
            const { ImportToken, wrap } = await parametersForImport(kms, KeyId, algorithm, wrappingKeySpec)
            return kms.importKeyMaterial({
              KeyId,
              ImportToken,
              EncryptedKeyMaterial: wrap(key),
              ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE',
            })
          }
          await bring(privateKey)
          expect((await describeKey(KeyId)).KeyState).to.equal('Enabled')
          await bring(privateKey)
          expect(await nameOf(bring(privateKeys[KeySpec]()))).to.equal('IncorrectKeyMaterialException')
          // A key of another spec is no key at all.
          expect(await nameOf(bring(generateKeyPairSync('x25519').privateKey.export(pkcs8)))).to.equal(
            'IncorrectKeyMaterialException',
          )
        })
      }

      it('brings an HMAC key, which computes what node:crypto does', async () => {
        const KeyId = await create({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
        const material = randomBytes(32)
        await importMaterial(kms, KeyId, material)
        const { Mac } = await kms.generateMac({ KeyId, Message: Plaintext, MacAlgorithm: 'HMAC_SHA_256' })
        expect(Buffer.from(Mac!)).to.deep.equal(createHmac('sha256', material).update(Plaintext).digest())
      })

      const refused: readonly [CreateKeyCommandInput, string, WrappingKeySpec][] = [
        [{}, 'RSAES_PKCS1_V1_5', 'RSA_2048'],
        [{}, 'RSA_AES_KEY_WRAP_SHA_256', 'RSA_2048'],
        [{}, 'SM2PKE', 'RSA_2048'],
        [{ KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }, 'RSAES_OAEP_SHA_256', 'RSA_4096'],
        [{ KeySpec: 'ECC_NIST_P521', KeyUsage: 'SIGN_VERIFY' }, 'RSAES_OAEP_SHA_256', 'RSA_2048'],
      ]
      for (const [input, algorithm, wrappingKeySpec] of refused) {
        it(`refuses ${algorithm} under ${wrappingKeySpec} for ${input.KeySpec ?? 'SYMMETRIC_DEFAULT'}`, async () => {
          const call = mock.handle('GetParametersForImport', {
            KeyId: await create(input),
            WrappingAlgorithm: algorithm,
            WrappingKeySpec: wrappingKeySpec,
          })
          expect(await nameOf(call)).to.equal('UnsupportedOperationException')
        })
      }

      it('tests every algorithm that there is', () => {
        const tested = new Set([
          'SM2PKE',
          ...symmetric.map(([name]) => name),
          ...asymmetric.map(([name]) => name),
        ])
        expect([...tested].toSorted()).to.deep.equal(Object.keys(wraps).toSorted())
      })
    })

    // RSA keys are made for each import: what no transport can change is shown on one.
    if (transport !== 'in-process') return

    describe('tokens', () => {
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

    describe('expiry', () => {
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
          const call = importMaterial(kms, await create(), randomBytes(32), request())
          expect(await nameOf(call)).to.equal('ValidationException')
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
    })

    describe('several materials of one symmetric key', () => {
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
          expect(await nameOf(importMaterial(kms, mac, first, request))).to.equal(
            'UnsupportedOperationException',
          )
        }
        expect(await importMaterial(kms, mac, first)).not.to.have.property('KeyMaterialId')
        expect(await nameOf(importMaterial(kms, mac, second))).to.equal('IncorrectKeyMaterialException')
      })
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
}

describe('import with a state file', () => {
  const path = temporaryFolder()

  it('a token, what it brought and when that expires outlive the process', async () => {
    const stateFile = path('import.json')
    const clock = createClock({ frozen: true })
    const connectTo = async (): Promise<KMS> =>
      (await transports[0].connect(createKms({ stateFile, clock }))).kms()
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
