import { expect } from 'chai'
import { describe, it } from 'mocha'
import { nameOf } from '../support/caught.js'
import { memberAt } from '../support/member.js'
import { cloudHsmStore, externalStore } from '../support/outside.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { entryOf, keyIn, newStore, stateOf, world } from './world.js'

const Plaintext = Buffer.from('plaintext')
const day = 86_400_000
describe('custom key stores: over time', () => {
  it('transitionMs: CONNECTING and DISCONNECTING last so long by the clock', async () => {
    const around = world({ transitionMs: 1000 })
    const { kms, cluster } = around
    const CustomKeyStoreId = await newStore(kms, cloudHsmStore(cluster))
    const connection = async (): Promise<unknown> =>
      memberAt(await entryOf(kms, CustomKeyStoreId), 'ConnectionState')
    const change = (operation: string): Promise<unknown> => kms.handle(operation, { CustomKeyStoreId })
    await change('ConnectCustomKeyStore')
    expect(await connection()).to.equal('CONNECTING')
    await change('ConnectCustomKeyStore')
    expect(await nameOf(keyIn(kms, CustomKeyStoreId))).to.equal('CustomKeyStoreInvalidStateException')
    kms.clock.advance({ milliseconds: 999 })
    expect(await connection()).to.equal('CONNECTING')
    kms.clock.advance({ milliseconds: 1 })
    expect(await connection()).to.equal('CONNECTED')
    const KeyId = await keyIn(kms, CustomKeyStoreId)
    await change('DisconnectCustomKeyStore')
    expect(await connection()).to.equal('DISCONNECTING')
    expect(await stateOf(kms, KeyId)).to.equal('Unavailable')
    for (const operation of ['ConnectCustomKeyStore', 'DisconnectCustomKeyStore', 'UpdateCustomKeyStore']) {
      expect(await nameOf(change(operation)), operation).to.equal('CustomKeyStoreInvalidStateException')
    }
    kms.clock.advance({ seconds: 1 })
    expect(await connection()).to.equal('DISCONNECTED')
    cluster.password = 'another'
    await change('ConnectCustomKeyStore')
    kms.clock.advance({ seconds: 1 })
    expect(await connection()).to.equal('FAILED')
    // A connection that is being made can be given up.
    await change('DisconnectCustomKeyStore')
    kms.clock.advance({ seconds: 1 })
    await change('ConnectCustomKeyStore')
    await change('DisconnectCustomKeyStore')
    kms.clock.advance({ seconds: 1 })
    expect(await connection()).to.equal('DISCONNECTED')
  })

  const path = temporaryFolder()

  it('stores, grants, usages and the rest survive a restart', async () => {
    const stateFile = path('state.json')
    const one = world({ stateFile, transitionMs: day })
    const kms = one.kms
    const inCluster = await newStore(kms, cloudHsmStore(one.cluster))
    const external = await newStore(kms, externalStore(one.inVpc))
    await kms.handle('ConnectCustomKeyStore', { CustomKeyStoreId: inCluster })
    kms.clock.advance({ days: 1 })
    const KeyId = await keyIn(kms, inCluster)
    const { CiphertextBlob } = await kms.handle('Encrypt', { KeyId, Plaintext })
    const { GrantToken } = await kms.handle('CreateGrant', {
      KeyId,
      GranteePrincipal: 'arn:aws:iam::111122223333:root',
      Operations: ['Encrypt'],
      Name: 'named',
      Constraints: { EncryptionContextEquals: { ['__proto__']: 'a', b: 'c' } },
    })
    await kms.handle('ConnectCustomKeyStore', { CustomKeyStoreId: external })
    await kms.handle('DisconnectCustomKeyStore', { CustomKeyStoreId: inCluster })

    const two = world({ stateFile, transitionMs: day })
    two.kms.clock.advance({ days: 1 })
    const reads: readonly [operation: string, input: object][] = [
      ['DescribeCustomKeyStores', {}],
      ['DescribeKey', { KeyId }],
      ['ListGrants', { KeyId }],
      ['GetKeyLastUsage', { KeyId }],
    ]
    for (const [operation, input] of reads) {
      expect(await two.kms.handle(operation, input)).to.deep.equal(await kms.handle(operation, input))
    }
    expect(await two.kms.handle('GetKeyLastUsage', { KeyId })).to.have.nested.property(
      'KeyLastUsage.Operation',
      'Encrypt',
    )
    const { Grants } = await two.kms.handle('ListGrants', { KeyId })
    expect(JSON.stringify(Grants)).to.include('{"__proto__":"a","b":"c"}')
    await two.kms.handle('DescribeKey', { KeyId, GrantTokens: [GrantToken] })

    two.kms.clock.advance({ days: 1 })
    for (const [CustomKeyStoreId, state] of [
      [inCluster, 'DISCONNECTED'],
      [external, 'CONNECTED'],
    ] as const) {
      expect(await entryOf(two.kms, CustomKeyStoreId)).to.have.property('ConnectionState', state)
    }
    await two.kms.handle('ConnectCustomKeyStore', { CustomKeyStoreId: inCluster })
    two.kms.clock.advance({ days: 1 })
    expect(await two.kms.handle('Decrypt', { CiphertextBlob })).to.deep.include({ Plaintext })
  })
})
