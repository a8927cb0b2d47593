import { randomBytes } from 'node:crypto'
import type { CreateKeyCommandInput, KMS, KeyMetadata } from '@aws-sdk/client-kms'
import { createClock, createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { beforeEach, describe, it } from 'mocha'
import { nameOf } from './support/caught.js'
import { importMaterial } from './support/import-material.js'
import { temporaryFolder } from './support/temporary-folder.js'
import { transports } from './support/transports.js'

const Plaintext = Buffer.from('plaintext')
const day = 86_400_000
const [eastRegion, westRegion, northRegion] = ['us-east-1', 'us-west-2', 'eu-north-1'] as const

for (const { transport, connected } of transports) {
  describe(`multi-Region keys through KMS, ${transport}`, () => {
    const mock = createKms({ clock: createClock({ frozen: true }), transitionMs: 5000 })
    const connection = connected(mock)
    const east = connection.kms(eastRegion)
    const west = connection.kms(westRegion)
    const north = connection.kms(northRegion)

    const create = async (input: CreateKeyCommandInput = {}): Promise<string> =>
      (await east.createKey({ MultiRegion: true, ...input })).KeyMetadata!.KeyId!
    const describeKey = async (kms: KMS, KeyId: string): Promise<KeyMetadata> =>
      (await kms.describeKey({ KeyId })).KeyMetadata!
    const stateOf = async (kms: KMS, KeyId: string): Promise<unknown> =>
      (await describeKey(kms, KeyId)).KeyState
    const settle = (): void => mock.clock.advance({ seconds: 5 })
    const replicate = async (KeyId: string, ...regions: string[]): Promise<void> => {
      for (const ReplicaRegion of regions) await east.replicateKey({ KeyId, ReplicaRegion })
      settle()
    }
    const encrypt = async (kms: KMS, KeyId: string): Promise<Uint8Array> =>
      (await kms.encrypt({ KeyId, Plaintext })).CiphertextBlob!
    const opens = async (kms: KMS, CiphertextBlob: Uint8Array): Promise<void> => {
      const opened = await kms.decrypt({ CiphertextBlob })
      expect(Buffer.from(opened.Plaintext!)).to.deep.equal(Plaintext)
    }
    const primaryIn = async (kms: KMS, KeyId: string): Promise<unknown> =>
      (await describeKey(kms, KeyId)).MultiRegionConfiguration!.PrimaryKey!.Region

    describe('ReplicateKey', () => {
      it('makes a replica that is Creating for a while, and has what is its own', async () => {
        const KeyId = await create({ Description: 'primary', Tags: [{ TagKey: 'a', TagValue: '1' }] })
        const sealed = await encrypt(east, KeyId)
        const Tags = [{ TagKey: 'b', TagValue: '2' }]
        const answer = await east.replicateKey({
          KeyId,
          ReplicaRegion: westRegion,
          Description: 'replica',
          Tags,
        })
        const arnIn = (region: string): string => `arn:aws:kms:${region}:111122223333:key/${KeyId}`
        expect(answer.ReplicaKeyMetadata).to.deep.include({
          Arn: arnIn(westRegion),
          KeyId,
          KeyState: 'Creating',
          Enabled: false,
          Description: 'replica',
          CreationDate: new Date(mock.clock.now()),
          CurrentKeyMaterialId: (await describeKey(east, KeyId)).CurrentKeyMaterialId,
          MultiRegionConfiguration: {
            MultiRegionKeyType: 'REPLICA',
            PrimaryKey: { Arn: arnIn(eastRegion), Region: eastRegion },
            ReplicaKeys: [{ Arn: arnIn(westRegion), Region: westRegion }],
          },
        })
        expect(answer.ReplicaTags).to.deep.equal(Tags)
        expect(answer.ReplicaPolicy).to.include('arn:aws:iam::111122223333:root')
        mock.clock.advance({ milliseconds: 4999 })
        expect(await nameOf(west.decrypt({ CiphertextBlob: sealed }))).to.equal('KMSInvalidStateException')
        mock.clock.advance({ milliseconds: 1 })
        expect(await stateOf(west, KeyId)).to.equal('Enabled')
        await opens(west, sealed)
        await opens(east, await encrypt(west, KeyId))
      })

      it('serves any kind of key', async () => {
        const KeyId = await create({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
        await replicate(KeyId, westRegion)
        expect(await describeKey(west, KeyId)).to.include({ KeySpec: 'HMAC_256', KeyState: 'Enabled' })
      })

      it('stays in its partition', async () => {
        const [china, gov] = [connection.kms('cn-north-1'), connection.kms('us-gov-west-1')]
        const KeyId = await create()
        for (const ReplicaRegion of ['cn-north-1', 'us-gov-west-1']) {
          expect(await nameOf(east.replicateKey({ KeyId, ReplicaRegion }))).to.equal(
            'UnsupportedOperationException',
          )
        }
        const own = (await china.createKey({ MultiRegion: true })).KeyMetadata!
        expect(own.Arn).to.match(/^arn:aws-cn:kms:cn-north-1:/)
        await china.replicateKey({ KeyId: own.KeyId, ReplicaRegion: 'cn-northwest-1' })
        settle()
        await opens(connection.kms('cn-northwest-1'), await encrypt(china, own.KeyId!))
        await gov.createKey({ MultiRegion: true })
      })

      it('refuses keys that are no primary, and Regions that have one', async () => {
        const single = (await east.createKey({})).KeyMetadata!.KeyId!
        const KeyId = await create()
        await replicate(KeyId, westRegion)
        expect(await nameOf(east.replicateKey({ KeyId: single, ReplicaRegion: westRegion }))).to.equal(
          'UnsupportedOperationException',
        )
        expect(await nameOf(west.replicateKey({ KeyId, ReplicaRegion: northRegion }))).to.equal(
          'UnsupportedOperationException',
        )
        for (const ReplicaRegion of [eastRegion, westRegion]) {
          expect(await nameOf(east.replicateKey({ KeyId, ReplicaRegion }))).to.equal('AlreadyExistsException')
        }
      })

      it('a replica that is pending deletion is still in the way; cancelled, it is one again', async () => {
        const KeyId = await create()
        await replicate(KeyId, westRegion)
        await west.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
        const again = (): Promise<unknown> => east.replicateKey({ KeyId, ReplicaRegion: westRegion })
        expect(await nameOf(again())).to.equal('AlreadyExistsException')
        await west.cancelKeyDeletion({ KeyId })
        await west.enableKey({ KeyId })
        await west.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
        mock.clock.advance({ days: 7 })
        await again()
      })

      it('a replica that is being created can be scheduled for deletion', async () => {
        const KeyId = await create()
        await east.replicateKey({ KeyId, ReplicaRegion: westRegion })
        await west.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
        settle()
        expect(await stateOf(west, KeyId)).to.equal('PendingDeletion')
        await west.cancelKeyDeletion({ KeyId })
        expect(await stateOf(west, KeyId)).to.equal('Disabled')
      })
    })

    describe('UpdatePrimaryRegion', () => {
      it('moves the primary; both are Updating for a while, and go on working', async () => {
        const KeyId = await create()
        await replicate(KeyId, westRegion, northRegion)
        await east.updatePrimaryRegion({ KeyId, PrimaryRegion: westRegion })
        expect([
          await stateOf(east, KeyId),
          await stateOf(west, KeyId),
          await stateOf(north, KeyId),
        ]).to.deep.equal(['Updating', 'Updating', 'Enabled'])
        await opens(west, await encrypt(east, KeyId))
        expect(await nameOf(west.disableKey({ KeyId }))).to.equal('KMSInvalidStateException')
        settle()
        for (const kms of [east, west, north]) {
          expect(await stateOf(kms, KeyId)).to.equal('Enabled')
          expect(await primaryIn(kms, KeyId)).to.equal(westRegion)
        }
        await west.replicateKey({ KeyId, ReplicaRegion: 'ap-south-1' })
        expect(await nameOf(east.replicateKey({ KeyId, ReplicaRegion: 'sa-east-1' }))).to.equal(
          'UnsupportedOperationException',
        )
      })

      it('to and fro before it is over leaves no key Updating', async () => {
        const KeyId = await create()
        await replicate(KeyId, westRegion)
        await east.updatePrimaryRegion({ KeyId, PrimaryRegion: westRegion })
        mock.clock.advance({ seconds: 3 })
        await west.updatePrimaryRegion({ KeyId, PrimaryRegion: eastRegion })
        mock.clock.advance({ seconds: 3 })
        expect(await stateOf(east, KeyId)).to.equal('Updating')
        settle()
        expect([await stateOf(east, KeyId), await stateOf(west, KeyId)]).to.deep.equal(['Enabled', 'Enabled'])
        expect(await primaryIn(west, KeyId)).to.equal(eastRegion)
      })

      it('refuses what is no primary, and Regions without a replica', async () => {
        const single = (await east.createKey({})).KeyMetadata!.KeyId!
        const KeyId = await create()
        await replicate(KeyId, westRegion)
        const refusals: readonly [KMS, string, string, string][] = [
          [east, single, westRegion, 'UnsupportedOperationException'],
          [west, KeyId, northRegion, 'UnsupportedOperationException'],
          [east, KeyId, eastRegion, 'UnsupportedOperationException'],
          [east, KeyId, northRegion, 'NotFoundException'],
        ]
        for (const [kms, id, PrimaryRegion, name] of refusals) {
          expect(await nameOf(kms.updatePrimaryRegion({ KeyId: id, PrimaryRegion }))).to.equal(name)
        }
        await west.disableKey({ KeyId })
        expect(await nameOf(east.updatePrimaryRegion({ KeyId, PrimaryRegion: westRegion }))).to.equal(
          'DisabledException',
        )
      })

      it('the former primary may be deleted then, the new one waits for it', async () => {
        const KeyId = await create()
        await replicate(KeyId, westRegion)
        await east.updatePrimaryRegion({ KeyId, PrimaryRegion: westRegion })
        settle()
        await west.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
        expect(await stateOf(west, KeyId)).to.equal('PendingReplicaDeletion')
        await east.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
        mock.clock.advance({ days: 7 })
        expect(await stateOf(west, KeyId)).to.equal('PendingDeletion')
        mock.clock.advance({ days: 7 })
        expect(await nameOf(west.describeKey({ KeyId }))).to.equal('NotFoundException')
      })
    })

    describe('rotation', () => {
      it('is set on the primary, shared by all, and goes along with the primary', async () => {
        const KeyId = await create()
        await replicate(KeyId, westRegion)
        const old = await encrypt(west, KeyId)
        for (const call of [
          west.enableKeyRotation({ KeyId }),
          west.disableKeyRotation({ KeyId }),
          west.rotateKeyOnDemand({ KeyId }),
        ]) {
          expect(await nameOf(call)).to.equal('UnsupportedOperationException')
        }
        await east.enableKeyRotation({ KeyId, RotationPeriodInDays: 100 })
        const began = mock.clock.now()
        expect(await west.getKeyRotationStatus({ KeyId })).to.deep.include({
          KeyRotationEnabled: true,
          RotationPeriodInDays: 100,
          NextRotationDate: new Date(began + 100 * day),
        })
        mock.clock.advance({ days: 100 })
        await opens(east, await encrypt(west, KeyId))
        await opens(west, await encrypt(east, KeyId))
        await opens(west, old)
        await east.rotateKeyOnDemand({ KeyId })
        const rotationsIn = async (kms: KMS): Promise<unknown> =>
          (await kms.listKeyRotations({ KeyId })).Rotations
        expect(await rotationsIn(west))
          .to.have.lengthOf(2)
          .and.deep.equal(await rotationsIn(east))

        // A replica that comes later has all material.
        await replicate(KeyId, northRegion)
        await opens(north, old)
        expect(await rotationsIn(north)).to.deep.equal(await rotationsIn(east))

        await east.updatePrimaryRegion({ KeyId, PrimaryRegion: northRegion })
        settle()
        mock.clock.advance({ days: 100 })
        expect(await rotationsIn(east))
          .to.have.lengthOf(3)
          .and.deep.equal(await rotationsIn(north))
        await north.disableKeyRotation({ KeyId })
        expect((await east.getKeyRotationStatus({ KeyId })).KeyRotationEnabled).to.equal(false)
      })

      it('reaches a replica that is disabled or pending deletion', async () => {
        const KeyId = await create()
        await replicate(KeyId, westRegion)
        await west.scheduleKeyDeletion({ KeyId })
        await east.rotateKeyOnDemand({ KeyId })
        const sealed = await encrypt(east, KeyId)
        await west.cancelKeyDeletion({ KeyId })
        await west.enableKey({ KeyId })
        await opens(west, sealed)
      })
    })

    describe('imported material', () => {
      let KeyId: string
      const first = randomBytes(32)
      const second = randomBytes(32)
      const isNew = { ImportType: 'NEW_KEY_MATERIAL' } as const
      const list = async (kms: KMS): Promise<unknown[]> =>
        (await kms.listKeyRotations({ KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' })).Rotations!.map(
          ({ KeyMaterialState, ImportState }) => `${KeyMaterialState} ${ImportState}`,
        )
      beforeEach(async () => {
        KeyId = await create({ Origin: 'EXTERNAL' })
        await importMaterial(east, KeyId, first)
        await replicate(KeyId, westRegion)
      })

      it('a replica begins without, takes the primary’s, and no other', async () => {
        expect(await stateOf(west, KeyId)).to.equal('PendingImport')
        expect(await nameOf(importMaterial(west, KeyId, second))).to.equal('IncorrectKeyMaterialException')
        expect(await nameOf(importMaterial(west, KeyId, second, isNew))).to.equal(
          'UnsupportedOperationException',
        )
        const { KeyMaterialId } = await importMaterial(west, KeyId, first)
        expect(KeyMaterialId).to.equal((await describeKey(east, KeyId)).CurrentKeyMaterialId)
        expect(await stateOf(west, KeyId)).to.equal('Enabled')
        await opens(west, await encrypt(east, KeyId))
        // Material, its date and the state are each Region's own.
        await west.deleteImportedKeyMaterial({ KeyId })
        expect([await stateOf(east, KeyId), await stateOf(west, KeyId)]).to.deep.equal([
          'Enabled',
          'PendingImport',
        ])
      })

      it('new material is imported everywhere before the primary rotates to it', async () => {
        await importMaterial(west, KeyId, first)
        const old = await encrypt(west, KeyId)
        await importMaterial(east, KeyId, second, isNew)
        expect(await list(east)).to.deep.equal([
          'CURRENT IMPORTED',
          'PENDING_MULTI_REGION_IMPORT_AND_ROTATION IMPORTED',
        ])
        expect(await list(west)).to.deep.equal([
          'CURRENT IMPORTED',
          'PENDING_MULTI_REGION_IMPORT_AND_ROTATION PENDING_IMPORT',
        ])
        expect(await stateOf(west, KeyId)).to.equal('Enabled')
        expect(await nameOf(east.rotateKeyOnDemand({ KeyId }))).to.equal('KMSInvalidStateException')
        await importMaterial(west, KeyId, second, { ImportType: 'EXISTING_KEY_MATERIAL' })
        expect(await list(east)).to.deep.equal(['CURRENT IMPORTED', 'PENDING_ROTATION IMPORTED'])
        expect(await list(west)).to.deep.equal(await list(east))
        await east.rotateKeyOnDemand({ KeyId })
        expect(await list(west)).to.deep.equal(['NON_CURRENT IMPORTED', 'CURRENT IMPORTED'])
        await opens(west, await encrypt(east, KeyId))
        await opens(east, old)
      })

      it('pending material that the primary loses is gone everywhere; a replica loses its own alone', async () => {
        await importMaterial(west, KeyId, first)
        const { KeyMaterialId } = await importMaterial(east, KeyId, second, isNew)
        await importMaterial(west, KeyId, second)
        await west.deleteImportedKeyMaterial({ KeyId, KeyMaterialId })
        expect(await list(east)).to.deep.equal([
          'CURRENT IMPORTED',
          'PENDING_MULTI_REGION_IMPORT_AND_ROTATION IMPORTED',
        ])
        expect(await stateOf(west, KeyId)).to.equal('Enabled')
        await importMaterial(west, KeyId, second)
        await east.deleteImportedKeyMaterial({ KeyId, KeyMaterialId })
        expect([await list(east), await list(west)]).to.deep.equal([
          ['CURRENT IMPORTED'],
          ['CURRENT IMPORTED'],
        ])
      })

      it('a replica that comes later lists all of it', async () => {
        await importMaterial(west, KeyId, first)
        await importMaterial(east, KeyId, second, isNew)
        await importMaterial(west, KeyId, second)
        await east.rotateKeyOnDemand({ KeyId })
        await replicate(KeyId, northRegion)
        expect(await list(north)).to.deep.equal(['NON_CURRENT PENDING_IMPORT', 'CURRENT PENDING_IMPORT'])
        await importMaterial(north, KeyId, second)
        expect(await stateOf(north, KeyId)).to.equal('PendingImport')
        await importMaterial(north, KeyId, first)
        await opens(north, await encrypt(west, KeyId))
      })

      it('lost while the primary moves, it is missed at once, and when that is over', async () => {
        await importMaterial(west, KeyId, first, { ValidTo: new Date(mock.clock.now() + 2000) })
        await east.updatePrimaryRegion({ KeyId, PrimaryRegion: westRegion })
        mock.clock.advance({ seconds: 3 })
        expect(await stateOf(east, KeyId)).to.equal('Updating')
        expect(await stateOf(west, KeyId)).to.equal('PendingImport')
        settle()
        expect(await stateOf(west, KeyId)).to.equal('PendingImport')
        await importMaterial(west, KeyId, first)
        expect(await stateOf(west, KeyId)).to.equal('Enabled')
      })
    })
  })
}

describe('passing states', () => {
  const path = temporaryFolder()

  it('last no time by default: the answer shows them, the next call does not', async () => {
    const kms = (await transports[0].connect(createKms())).kms()
    const KeyId = (await kms.createKey({ MultiRegion: true })).KeyMetadata!.KeyId!
    const { ReplicaKeyMetadata } = await kms.replicateKey({ KeyId, ReplicaRegion: westRegion })
    expect(ReplicaKeyMetadata!.KeyState).to.equal('Creating')
    await kms.updatePrimaryRegion({ KeyId, PrimaryRegion: westRegion })
    expect((await kms.describeKey({ KeyId })).KeyMetadata!.KeyState).to.equal('Enabled')
  })

  it('outlive the process', async () => {
    const stateFile = path('passing.json')
    const clock = createClock({ frozen: true })
    const open = async (region: string): Promise<KMS> =>
      (await transports[0].connect(createKms({ stateFile, clock, transitionMs: 10_000 }))).kms(region)
    const east = await open(eastRegion)
    const KeyId = (await east.createKey({ MultiRegion: true })).KeyMetadata!.KeyId!
    await east.replicateKey({ KeyId, ReplicaRegion: westRegion })
    const west = await open(westRegion)
    expect((await west.describeKey({ KeyId })).KeyMetadata!.KeyState).to.equal('Creating')
    clock.advance({ seconds: 10 })
    expect((await west.describeKey({ KeyId })).KeyMetadata!.KeyState).to.equal('Enabled')
  })

  it('need a span of time', () => {
    for (const transitionMs of [-1, NaN]) {
      expect(() => createKms({ transitionMs }))
        .to.throw()
        .with.property('code', 'KMS_OPTION_INVALID')
    }
  })
})
