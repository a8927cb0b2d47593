import { randomBytes } from 'node:crypto'
import type { KMS } from '@aws-sdk/client-kms'
import { expect } from 'chai'
import { beforeEach, describe, it } from 'mocha'
import { nameOf } from '../support/caught.js'
import { importMaterial } from '../support/import-material.js'
import { transports } from '../support/transports.js'
import { northRegion, threeRegions, westRegion } from './three-regions.js'

for (const way of transports) {
  describe(`multi-Region keys through KMS, ${way.transport}`, () => {
    const { mock, east, west, north, create, describeKey, stateOf, settle, replicate, encrypt, opens } =
      threeRegions(way)

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
