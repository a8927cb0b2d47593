import { randomUUID } from 'node:crypto'
import type { CreateGrantCommandOutput, CustomKeyStoresListEntry } from '@aws-sdk/client-kms'
import { expect } from 'chai'
import { nameOf } from '../support/caught.js'
import { cloudHsmStore, externalStore } from '../support/outside.js'
import { clusters, freshBytes, metadataOf, newKey, proxy } from './scene.js'
import type { Effects, Scene } from './scene.js'

const RetiringPrincipal = 'arn:aws:iam::111122223333:role/retirer'
const grant = ({ kms }: Scene, KeyId: string): Promise<CreateGrantCommandOutput> =>
  kms.createGrant({
    KeyId,
    GranteePrincipal: 'arn:aws:iam::111122223333:role/grantee',
    RetiringPrincipal,
    Operations: ['Encrypt'],
  })
const grantsOf = async ({ kms }: Scene, KeyId: string): Promise<(string | undefined)[]> =>
  (await kms.listGrants({ KeyId })).Grants!.map(({ GrantId }) => GrantId)

const newStore = async ({ kms }: Scene): Promise<string> =>
  (await kms.createCustomKeyStore(cloudHsmStore(clusters[0]))).CustomKeyStoreId!
const storesOf = async ({ kms }: Scene): Promise<CustomKeyStoresListEntry[]> =>
  (await kms.describeCustomKeyStores({})).CustomKeyStores!

/** What shows that grants were given and taken, and custom key stores made, connected and left. */
export const grantAndStoreEffects: Effects = {
  CreateGrant: async (scene) => {
    const { KeyId } = await newKey(scene)
    const { GrantId, GrantToken } = await grant(scene, KeyId)
    expect(await grantsOf(scene, KeyId)).to.deep.equal([GrantId])
    await scene.kms.encrypt({ KeyId, Plaintext: freshBytes(), GrantTokens: [GrantToken!] })
  },
  ListGrants: async (scene) => {
    const { KeyId } = await newKey(scene)
    const made = [(await grant(scene, KeyId)).GrantId, (await grant(scene, KeyId)).GrantId]
    expect(await grantsOf(scene, KeyId)).to.have.members(made)
  },
  ListRetirableGrants: async (scene) => {
    const { KeyId, Arn } = await newKey(scene)
    const { GrantId } = await grant(scene, KeyId)
    const { Grants } = await scene.kms.listRetirableGrants({ RetiringPrincipal })
    expect(Grants).to.have.lengthOf(1)
    expect(Grants![0]).to.include({ GrantId, KeyId: Arn })
  },
  RetireGrant: async (scene) => {
    const { KeyId } = await newKey(scene)
    const { GrantToken } = await grant(scene, KeyId)
    await scene.kms.retireGrant({ GrantToken })
    expect(await grantsOf(scene, KeyId)).to.deep.equal([])
    const { GrantId } = await grant(scene, KeyId)
    await scene.kms.retireGrant({ KeyId, GrantId })
    expect(await grantsOf(scene, KeyId)).to.deep.equal([])
  },
  RevokeGrant: async (scene) => {
    const { KeyId } = await newKey(scene)
    const { GrantId, GrantToken } = await grant(scene, KeyId)
    await scene.kms.revokeGrant({ KeyId, GrantId })
    expect(await grantsOf(scene, KeyId)).to.deep.equal([])
    const refused = scene.kms.encrypt({ KeyId, Plaintext: freshBytes(), GrantTokens: [GrantToken!] })
    expect(await nameOf(refused)).to.equal('InvalidGrantTokenException')
  },
  CreateCustomKeyStore: async (scene) => {
    const { CustomKeyStoreId } = await scene.kms.createCustomKeyStore(externalStore(proxy))
    const described = await storesOf(scene)
    expect(described).to.have.lengthOf(1)
    expect(described[0]).to.include({ CustomKeyStoreId, ConnectionState: 'DISCONNECTED' })
  },
  DescribeCustomKeyStores: async (scene) => {
    expect(await storesOf(scene)).to.deep.equal([])
    const CustomKeyStoreId = await newStore(scene)
    expect((await storesOf(scene))[0]).to.include({ CustomKeyStoreId })
  },
  ConnectCustomKeyStore: async (scene) => {
    const CustomKeyStoreId = await newStore(scene)
    await scene.kms.connectCustomKeyStore({ CustomKeyStoreId })
    expect((await storesOf(scene))[0]).to.include({ ConnectionState: 'CONNECTED' })
    await newKey(scene, { CustomKeyStoreId, Origin: 'AWS_CLOUDHSM' })
  },
  DisconnectCustomKeyStore: async (scene) => {
    const CustomKeyStoreId = await newStore(scene)
    await scene.kms.connectCustomKeyStore({ CustomKeyStoreId })
    const { KeyId } = await newKey(scene, { CustomKeyStoreId, Origin: 'AWS_CLOUDHSM' })
    await scene.kms.disconnectCustomKeyStore({ CustomKeyStoreId })
    expect((await storesOf(scene))[0]).to.include({ ConnectionState: 'DISCONNECTED' })
    expect(await metadataOf(scene.kms, KeyId)).to.include({ KeyState: 'Unavailable' })
  },
  UpdateCustomKeyStore: async (scene) => {
    const CustomKeyStoreId = await newStore(scene)
    const { clusterId: CloudHsmClusterId, password: KeyStorePassword } = clusters[1]
    const NewCustomKeyStoreName = randomUUID()
    const changes = { NewCustomKeyStoreName, CloudHsmClusterId, KeyStorePassword }
    await scene.kms.updateCustomKeyStore({ CustomKeyStoreId, ...changes })
    const changed = { CustomKeyStoreName: NewCustomKeyStoreName, CloudHsmClusterId }
    expect((await storesOf(scene))[0]).to.include(changed)
  },
  DeleteCustomKeyStore: async (scene) => {
    const CustomKeyStoreId = await newStore(scene)
    await scene.kms.deleteCustomKeyStore({ CustomKeyStoreId })
    expect(await storesOf(scene)).to.deep.equal([])
    // Its cluster is free for another.
    await newStore(scene)
  },
}
