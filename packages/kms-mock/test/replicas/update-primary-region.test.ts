import type { KMS } from '@aws-sdk/client-kms'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { nameOf } from '../support/caught.js'
import { transports } from '../support/transports.js'
import { eastRegion, northRegion, threeRegions, westRegion } from './three-regions.js'

for (const way of transports) {
  describe(`multi-Region keys through KMS, ${way.transport}`, () => {
    const { mock, east, west, north, create, describeKey, stateOf, settle, replicate, encrypt, opens } =
      threeRegions(way)
    const primaryIn = async (kms: KMS, KeyId: string): Promise<unknown> =>
      (await describeKey(kms, KeyId)).MultiRegionConfiguration!.PrimaryKey!.Region

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
  })
}
