import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { quotas } from '#src/operations/quotas.js'
import { nameOf } from './support/caught.js'
import { newKey } from './support/new-key.js'

describe('quotas', () => {
  it('100,000 keys in an account and region, and not one more', async function () {
    // Three seconds on a quiet machine.
    this.timeout(180_000)
    const kms = createKms({ seed: 'quotas' })
    for (let n = 0; n < quotas.keysPerRegion; n += 1) await kms.handle('CreateKey', {})
    expect(await nameOf(kms.handle('CreateKey', {}))).to.equal('LimitExceededException')
    await kms.handle('CreateKey', {}, { region: 'eu-west-1' })
    // Replicas count as well.
    const KeyId = await newKey(kms, { region: 'eu-west-1' }, { MultiRegion: true })
    const replicate = (ReplicaRegion: string): Promise<unknown> =>
      kms.handle('ReplicateKey', { KeyId, ReplicaRegion }, { region: 'eu-west-1' })
    expect(await nameOf(replicate('us-east-1'))).to.equal('LimitExceededException')
    await replicate('us-east-2')
    await kms.handle('CreateKey', {}, { accountId: '444455556666' })
  })

  it('an alias that comes back to a full key is not one more', async () => {
    const kms = createKms()
    const TargetKeyId = await newKey(kms)
    for (let n = 0; n < quotas.aliasesPerKey; n += 1) {
      await kms.handle('CreateAlias', { AliasName: `alias/${n}`, TargetKeyId })
    }
    await kms.handle('UpdateAlias', { AliasName: 'alias/7', TargetKeyId })
    expect(await nameOf(kms.handle('CreateAlias', { AliasName: 'alias/more', TargetKeyId }))).to.equal(
      'LimitExceededException',
    )
  })
})
