import type { KMS } from '@aws-sdk/client-kms'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { nameOf } from '../support/caught.js'
import { transports } from '../support/transports.js'
import { northRegion, threeRegions, westRegion } from './three-regions.js'

const day = 86_400_000

for (const way of transports) {
  describe(`multi-Region keys through KMS, ${way.transport}`, () => {
    const { mock, east, west, north, create, settle, replicate, encrypt, opens } = threeRegions(way)

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
  })
}
