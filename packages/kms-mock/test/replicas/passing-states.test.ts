import type { KMS } from '@aws-sdk/client-kms'
import { createClock, createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { temporaryFolder } from '../support/temporary-folder.js'
import { transports } from '../support/transports.js'
import { eastRegion, westRegion } from './three-regions.js'

describe('passing states', () => {
  const path = temporaryFolder()

  it('last no time by default: the answer shows them, the next call does not', async () => {
    const kms = (await transports[0].connect(createKms())).kms()
    const KeyId = (await kms.createKey({ MultiRegion: true })).KeyMetadata!.KeyId!
    const { ReplicaKeyMetadata } = await kms.replicateKey({ KeyId, ReplicaRegion: westRegion })
    expect(ReplicaKeyMetadata!.KeyState).to.equal('Creating')
    await kms.updatePrimaryRegion({ KeyId, PrimaryRegion: westRegion })
    expect((await kms.describeKey({ KeyId })).KeyMetadata!.KeyState).to.equal('Enabled')
  })

  it('outlive the process', async () => {
    const stateFile = path('passing.json')
    const clock = createClock({ frozen: true })
    const open = async (region: string): Promise<KMS> =>
      (await transports[0].connect(createKms({ stateFile, clock, transitionMs: 10_000 }))).kms(region)
    const east = await open(eastRegion)
    const KeyId = (await east.createKey({ MultiRegion: true })).KeyMetadata!.KeyId!
    await east.replicateKey({ KeyId, ReplicaRegion: westRegion })
    const west = await open(westRegion)
    expect((await west.describeKey({ KeyId })).KeyMetadata!.KeyState).to.equal('Creating')
    clock.advance({ seconds: 10 })
    expect((await west.describeKey({ KeyId })).KeyMetadata!.KeyState).to.equal('Enabled')
  })

  it('need a span of time', () => {
    for (const transitionMs of [-1, NaN]) {
      expect(() => createKms({ transitionMs }))
        .to.throw()
        .with.property('code', 'KMS_OPTION_INVALID')
    }
  })
})
