import { expect } from 'chai'
import { nameOf } from '../support/caught.js'
import { importMaterial, parametersForImport } from '../support/import-material.js'
import { awayRegion, freshBytes, metadataOf, newKey } from './scene.js'
import type { Effects, Scene } from './scene.js'

const external = { Origin: 'EXTERNAL' } as const
const rotationsOf = async ({ kms }: Scene, KeyId: string): Promise<(string | undefined)[]> =>
  (await kms.listKeyRotations({ KeyId })).Rotations!.map(({ KeyMaterialId }) => KeyMaterialId)

/** What shows that material was imported, rotated, replicated. */
export const keyLifeEffects: Effects = {
  GetParametersForImport: async (scene) => {
    const { KeyId } = await newKey(scene, external)
    const { ImportToken, wrap } = await parametersForImport(scene.kms, KeyId)
    const EncryptedKeyMaterial = wrap(freshBytes())
    const ExpirationModel = 'KEY_MATERIAL_DOES_NOT_EXPIRE'
    await scene.kms.importKeyMaterial({ KeyId, ImportToken, EncryptedKeyMaterial, ExpirationModel })
    expect(await metadataOf(scene.kms, KeyId)).to.include({ KeyState: 'Enabled' })
  },
  ImportKeyMaterial: async (scene) => {
    const { KeyId, KeyState } = await newKey(scene, external)
    expect(KeyState).to.equal('PendingImport')
    const { KeyMaterialId } = await importMaterial(scene.kms, KeyId, freshBytes())
    expect(await metadataOf(scene.kms, KeyId)).to.include({
      KeyState: 'Enabled',
      CurrentKeyMaterialId: KeyMaterialId,
    })
    await scene.kms.encrypt({ KeyId, Plaintext: freshBytes() })
  },
  DeleteImportedKeyMaterial: async (scene) => {
    const { KeyId } = await newKey(scene, external)
    await importMaterial(scene.kms, KeyId, freshBytes())
    await scene.kms.deleteImportedKeyMaterial({ KeyId })
    expect(await metadataOf(scene.kms, KeyId)).to.include({ KeyState: 'PendingImport' })
    const refused = scene.kms.encrypt({ KeyId, Plaintext: freshBytes() })
    expect(await nameOf(refused)).to.equal('KMSInvalidStateException')
  },
  EnableKeyRotation: async (scene) => {
    const { KeyId } = await newKey(scene)
    await scene.kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
    expect(await scene.kms.getKeyRotationStatus({ KeyId })).to.include({
      KeyRotationEnabled: true,
      RotationPeriodInDays: 90,
    })
    scene.mock.clock.advance({ days: 90 })
    expect(await rotationsOf(scene, KeyId)).to.have.lengthOf(1)
  },
  DisableKeyRotation: async (scene) => {
    const { KeyId } = await newKey(scene)
    await scene.kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 })
    await scene.kms.disableKeyRotation({ KeyId })
    expect(await scene.kms.getKeyRotationStatus({ KeyId })).to.include({ KeyRotationEnabled: false })
    scene.mock.clock.advance({ days: 90 })
    expect(await rotationsOf(scene, KeyId)).to.deep.equal([])
  },
  GetKeyRotationStatus: async (scene) => {
    const { KeyId } = await newKey(scene)
    const enabled = async (): Promise<boolean | undefined> =>
      (await scene.kms.getKeyRotationStatus({ KeyId })).KeyRotationEnabled
    expect(await enabled()).to.equal(false)
    await scene.kms.enableKeyRotation({ KeyId })
    expect(await enabled()).to.equal(true)
  },
  RotateKeyOnDemand: async (scene) => {
    const { KeyId, CurrentKeyMaterialId } = await newKey(scene)
    const Plaintext = freshBytes()
    const { CiphertextBlob } = await scene.kms.encrypt({ KeyId, Plaintext })
    await scene.kms.rotateKeyOnDemand({ KeyId })
    const current = (await metadataOf(scene.kms, KeyId)).CurrentKeyMaterialId
    expect(current).not.to.equal(CurrentKeyMaterialId)
    expect((await scene.kms.decrypt({ CiphertextBlob })).Plaintext).to.deep.equal(new Uint8Array(Plaintext))
  },
  ListKeyRotations: async (scene) => {
    const { KeyId } = await newKey(scene)
    expect(await rotationsOf(scene, KeyId)).to.deep.equal([])
    await scene.kms.rotateKeyOnDemand({ KeyId })
    const { CurrentKeyMaterialId } = await metadataOf(scene.kms, KeyId)
    expect(await rotationsOf(scene, KeyId)).to.deep.equal([CurrentKeyMaterialId])
  },
  ReplicateKey: async (scene) => {
    const { KeyId } = await newKey(scene, { MultiRegion: true })
    const Plaintext = freshBytes()
    const { CiphertextBlob } = await scene.kms.encrypt({ KeyId, Plaintext })
    const { ReplicaKeyMetadata } = await scene.kms.replicateKey({ KeyId, ReplicaRegion: awayRegion })
    const answer = await scene.away.decrypt({ CiphertextBlob, KeyId })
    expect(answer).to.deep.include({ KeyId: ReplicaKeyMetadata!.Arn, Plaintext: new Uint8Array(Plaintext) })
  },
  UpdatePrimaryRegion: async (scene) => {
    const { KeyId } = await newKey(scene, { MultiRegion: true })
    await scene.kms.replicateKey({ KeyId, ReplicaRegion: awayRegion })
    await scene.kms.updatePrimaryRegion({ KeyId, PrimaryRegion: awayRegion })
    const path = 'MultiRegionConfiguration.MultiRegionKeyType'
    expect(await metadataOf(scene.kms, KeyId)).to.have.nested.property(path, 'REPLICA')
    expect(await metadataOf(scene.away, KeyId)).to.have.nested.property(path, 'PRIMARY')
  },
}
