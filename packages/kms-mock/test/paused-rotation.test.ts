import { createClock, createKms } from '@sealring/kms-mock'
import type { Kms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { memberAt } from './support/member.js'

const [east, west] = [{ region: 'us-east-1' }, { region: 'us-west-2' }] as const
const start = Date.UTC(2026, 0, 1)

const rotating = async (input: object): Promise<{ kms: Kms; KeyId: string }> => {
  const kms = createKms({ clock: createClock({ start, frozen: true }) })
  const KeyId = String(memberAt(await kms.handle('CreateKey', input), 'KeyMetadata', 'KeyId'))
  await kms.handle('EnableKeyRotation', { KeyId, RotationPeriodInDays: 100 })
  return { kms, KeyId }
}

describe('GetKeyRotationStatus of what is paused', () => {
  it('disabled, a key keeps its date while it lies ahead; passed, it has none until the key is enabled', async () => {
    const { kms, KeyId } = await rotating({})
    const NextRotationDate = new Date(start + 100 * 86_400_000)
    await kms.handle('DisableKey', { KeyId })
    const status = (): Promise<unknown> => kms.handle('GetKeyRotationStatus', { KeyId })
    expect(await status()).to.deep.include({ KeyRotationEnabled: true, NextRotationDate })
    kms.clock.advance({ days: 101 })
    const late = await status()
    expect(late).to.include({ KeyRotationEnabled: true, RotationPeriodInDays: 100 })
    expect(late).not.to.have.property('NextRotationDate')
    await kms.handle('EnableKey', { KeyId })
    expect(await status()).to.deep.include({ NextRotationDate: new Date(start + 201 * 86_400_000) })
  })

  it('a replica of a primary that is pending deletion is not rotated', async () => {
    const { kms, KeyId } = await rotating({ MultiRegion: true })
    await kms.handle('ReplicateKey', { KeyId, ReplicaRegion: west.region }, east)
    const status = (): Promise<unknown> => kms.handle('GetKeyRotationStatus', { KeyId }, west)
    expect(await status()).to.include({ KeyRotationEnabled: true })
    await kms.handle('ScheduleKeyDeletion', { KeyId }, east)
    const pending = await status()
    expect(pending).to.include({ KeyRotationEnabled: false })
    expect(pending).not.to.have.property('NextRotationDate')
    await kms.handle('CancelKeyDeletion', { KeyId }, east)
    expect(await status()).to.include({ KeyRotationEnabled: true })
  })
})
