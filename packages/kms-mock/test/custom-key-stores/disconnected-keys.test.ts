import { expect } from 'chai'
import { describe, it } from 'mocha'
import { caught } from '../support/caught.js'
import { connectedKey, stateOf, world } from './world.js'

describe('custom key stores: their keys while they are disconnected', () => {
  const cryptographic = 'KMSInvalidStateException'
  // The key state table's column "Unavailable".
  const outcomes: readonly [operation: string, input: object, outcome: string][] = [
    ['Encrypt', { Plaintext: Buffer.from('plaintext') }, cryptographic],
    ['GenerateDataKey', { KeySpec: 'AES_256' }, cryptographic],
    ['GenerateDataKeyWithoutPlaintext', { KeySpec: 'AES_256' }, cryptographic],
    ['CreateGrant', { GranteePrincipal: 'arn:aws:iam::111122223333:root', Operations: ['Encrypt'] }, 'ok'],
    ['DescribeKey', {}, 'ok'],
    ['DisableKey', {}, 'ok'],
    ['EnableKey', {}, 'ok'],
    ['GetKeyPolicy', {}, 'ok'],
    ['ListGrants', {}, 'ok'],
    ['TagResource', { Tags: [] }, 'ok'],
    ['UpdateKeyDescription', { Description: '' }, 'ok'],
    ['ScheduleKeyDeletion', {}, 'ok'],
    ['CancelKeyDeletion', {}, cryptographic],
  ]
  for (const [operation, input, outcome] of outcomes) {
    it(`${operation}: ${outcome}`, async () => {
      const around = world()
      const { CustomKeyStoreId, KeyId } = await connectedKey(around)
      await around.kms.handle('DisconnectCustomKeyStore', { CustomKeyStoreId })
      expect(await stateOf(around.kms, KeyId)).to.equal('Unavailable')
      const call = around.kms.handle(operation, { KeyId, ...input })
      if (outcome === 'ok') await call
      else expect((await caught(call)).name).to.equal(outcome)
    })
  }

  it('disabled meanwhile, a key is so once it is available (note 12)', async () => {
    const around = world()
    const { kms } = around
    const { CustomKeyStoreId, KeyId } = await connectedKey(around)
    await kms.handle('DisconnectCustomKeyStore', { CustomKeyStoreId })
    await kms.handle('DisableKey', { KeyId })
    expect(await stateOf(kms, KeyId)).to.equal('Unavailable')
    await kms.handle('ConnectCustomKeyStore', { CustomKeyStoreId })
    expect(await stateOf(kms, KeyId)).to.equal('Disabled')
    await kms.handle('DisconnectCustomKeyStore', { CustomKeyStoreId })
    await kms.handle('EnableKey', { KeyId })
    await kms.handle('ConnectCustomKeyStore', { CustomKeyStoreId })
    expect(await stateOf(kms, KeyId)).to.equal('Enabled')
  })

  it('pending deletion, a key stays so; cancelled, it is unavailable (note 13)', async () => {
    const around = world()
    const { kms } = around
    const { CustomKeyStoreId, KeyId } = await connectedKey(around)
    await kms.handle('ScheduleKeyDeletion', { KeyId })
    await kms.handle('DisconnectCustomKeyStore', { CustomKeyStoreId })
    expect(await stateOf(kms, KeyId)).to.equal('PendingDeletion')
    await kms.handle('CancelKeyDeletion', { KeyId })
    expect(await stateOf(kms, KeyId)).to.equal('Unavailable')
    await kms.handle('ConnectCustomKeyStore', { CustomKeyStoreId })
    expect(await stateOf(kms, KeyId)).to.equal('Disabled')
  })
})
