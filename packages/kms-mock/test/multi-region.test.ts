import { createClock, createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { nameOf } from './support/caught.js'

const id = 'mrk-1234abcd12ab34cd56ef1234567890ab'
const material = Buffer.alloc(32, 9).toString('base64')
const [east, west, north] = ['us-east-1', 'us-west-2', 'eu-north-1'].map((region) => ({ region }))
const arnIn = (region: string): string => `arn:aws:kms:${region}:111122223333:key/${id}`
const family = (): ReturnType<typeof createKms> =>
  createKms({
    clock: createClock({ frozen: true }),
    keys: [east!, west!, north!].map(({ region }) => ({ region, keyId: id, material })),
  })

describe('multi-Region keys', () => {
  it('CreateKey makes a primary without replicas', async () => {
    const output = await createKms().handle('CreateKey', { MultiRegion: true })
    expect(output)
      .to.have.nested.property('KeyMetadata.KeyId')
      .that.matches(/^mrk-[0-9a-f]{32}$/)
    expect(output).to.have.nested.property('KeyMetadata.MultiRegion', true)
    expect(output).to.have.nested.property(
      'KeyMetadata.MultiRegionConfiguration.MultiRegionKeyType',
      'PRIMARY',
    )
    expect(output)
      .to.have.nested.property('KeyMetadata.MultiRegionConfiguration.ReplicaKeys')
      .that.deep.equals([])
  })

  it('related preset keys know each other', async () => {
    const output = await family().handle('DescribeKey', { KeyId: id }, west)
    expect(output)
      .to.have.nested.property('KeyMetadata.MultiRegionConfiguration')
      .that.deep.equals({
        MultiRegionKeyType: 'REPLICA',
        PrimaryKey: { Arn: arnIn('us-east-1'), Region: 'us-east-1' },
        ReplicaKeys: [
          { Arn: arnIn('eu-north-1'), Region: 'eu-north-1' },
          { Arn: arnIn('us-west-2'), Region: 'us-west-2' },
        ],
      })
  })

  it('open each other’s ciphertexts, each under its own ARN', async () => {
    const kms = family()
    const { CiphertextBlob } = await kms.handle('Encrypt', { KeyId: id, Plaintext: Buffer.from('x') }, east)
    for (const KeyId of [undefined, id, arnIn('us-west-2')]) {
      expect(await kms.handle('Decrypt', { CiphertextBlob, KeyId }, west)).to.include({
        KeyId: arnIn('us-west-2'),
      })
    }
  })

  it('single-Region keys with one id and material in two regions stay strangers', async () => {
    const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab'
    const kms = createKms({ keys: [east!, west!].map(({ region }) => ({ region, keyId, material })) })
    const { CiphertextBlob } = await kms.handle(
      'Encrypt',
      { KeyId: keyId, Plaintext: Buffer.from('x') },
      east,
    )
    expect(await nameOf(kms.handle('Decrypt', { CiphertextBlob }, west))).to.equal('AccessDeniedException')
    expect(await nameOf(kms.handle('Decrypt', { CiphertextBlob, KeyId: keyId }, west))).to.equal(
      'IncorrectKeyException',
    )
  })

  it('a primary waits for its replicas before its own waiting period begins', async () => {
    const kms = family()
    const scheduled = await kms.handle('ScheduleKeyDeletion', { KeyId: id, PendingWindowInDays: 10 }, east)
    expect(scheduled).to.deep.equal({
      KeyId: arnIn('us-east-1'),
      KeyState: 'PendingReplicaDeletion',
      PendingWindowInDays: 10,
    })
    kms.clock.advance({ days: 100 })
    const stateInEast = async (): Promise<unknown> =>
      (await kms.handle('DescribeKey', { KeyId: id }, east))['KeyMetadata']
    expect(await stateInEast()).to.include({
      KeyState: 'PendingReplicaDeletion',
      PendingDeletionWindowInDays: 10,
    })

    await kms.handle('ScheduleKeyDeletion', { KeyId: id, PendingWindowInDays: 7 }, west)
    await kms.handle('ScheduleKeyDeletion', { KeyId: id, PendingWindowInDays: 8 }, north)
    const lastReplicaGone = kms.clock.now() + 8 * 86_400_000
    kms.clock.advance({ days: 9 })
    expect(await stateInEast())
      .to.deep.include({
        KeyState: 'PendingDeletion',
        DeletionDate: new Date(lastReplicaGone + 10 * 86_400_000),
      })
      .and.not.have.property('PendingDeletionWindowInDays')
    kms.clock.advance({ days: 9 })
    expect(await nameOf(kms.handle('DescribeKey', { KeyId: id }, east))).to.equal('NotFoundException')
  })
})
