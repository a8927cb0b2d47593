import { createClock, createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { newKey } from './support/new-key.js'

/**
 * What one call costs doesn't grow with the number of keys. A call that looked at all of them would make each of these
 * tests take minutes, on any machine; as it is, they take a second at most.
 */
describe('many keys', function () {
  this.timeout(30_000)

  it('10,000: a date of one is noted without a look at the others; all dates come in their order', async () => {
    const kms = createKms({ clock: createClock({ start: Date.parse('2026-01-01T00:00:00Z'), frozen: true }) })
    const keyIds = []
    for (let n = 0; n < 10_000; n += 1) keyIds.push(await newKey(kms))
    for (const [n, KeyId] of keyIds.entries()) {
      await kms.handle('EnableKeyRotation', { KeyId, RotationPeriodInDays: 90 + ((n * 37) % 100) })
      await kms.handle('DisableKey', { KeyId })
      await kms.handle('EnableKey', { KeyId })
    }
    kms.clock.advance({ days: 400 })
    for (const [n, KeyId] of keyIds.entries()) {
      const period = 90 + ((n * 37) % 100)
      const listed = await kms.handle('ListKeyRotations', { KeyId })
      expect(listed['Rotations']).to.have.lengthOf(Math.floor(400 / period))
      await kms.handle('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 + (n % 23) })
    }
    for (let day = 7; day < 30; day += 1) {
      kms.clock.advance({ days: day === 7 ? 7 : 1 })
      const { Keys } = await kms.handle('ListKeys', { Limit: 1000 })
      const left = keyIds.filter((_keyId, n) => 7 + (n % 23) > day).toSorted()
      expect(Keys)
        .to.be.an('array')
        .that.deep.equals(
          left
            .slice(0, 1000)
            .map((KeyId) => ({ KeyId, KeyArn: `arn:aws:kms:us-east-1:111122223333:key/${KeyId}` })),
        )
    }
  })

  it('5000 replicas, each Creating for a moment', async () => {
    const kms = createKms()
    for (let n = 0; n < 5000; n += 1) {
      const KeyId = await newKey(kms, {}, { MultiRegion: true })
      await kms.handle('ReplicateKey', { KeyId, ReplicaRegion: 'eu-west-1' })
      const described = await kms.handle('DescribeKey', { KeyId }, { region: 'eu-west-1' })
      expect(described).to.have.nested.property('KeyMetadata.KeyState', 'Enabled')
    }
  })
})
