import { expect } from 'chai'
import { describe, it } from 'mocha'
import { nameOf } from '../support/caught.js'
import { transports } from '../support/transports.js'
import { eastRegion, northRegion, threeRegions, westRegion } from './three-regions.js'

for (const way of transports) {
  describe(`multi-Region keys through KMS, ${way.transport}`, () => {
    const { mock, connection, east, west, create, describeKey, stateOf, settle, replicate, encrypt, opens } =
      threeRegions(way)

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
  })
}
