import { utimesSync } from 'node:fs'
import { createClock, createKms } from '@sealring/kms-mock'
import type { Kms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { outputs } from '#src/model/outputs.generated.js'
import { trackedOperations } from '#src/state/key-usage.js'
import { memberAt } from './support/member.js'
import { newKey } from './support/new-key.js'
import { temporaryFolder } from './support/temporary-folder.js'

const Plaintext = Buffer.from('plaintext')
const usageOf = async (kms: Kms, KeyId: string): Promise<unknown> =>
  (await kms.handle('GetKeyLastUsage', { KeyId }))['KeyLastUsage']

describe('the last usage of a key', () => {
  const path = temporaryFolder()

  it('is tracked of the operations that the model names', () => {
    const usage = outputs['GetKeyLastUsage']?.members['KeyLastUsage']
    const operation = usage?.type === 'structure' ? usage.members['Operation'] : undefined
    expect(operation).to.have.deep.property('values', [...trackedOperations])
  })

  it('has ids of its own, the same each time it is asked for', async () => {
    const kms = createKms({ clock: createClock({ start: 1e12, frozen: true }) })
    const keys = [await newKey(kms), await newKey(kms)]
    const seen = new Set<unknown>()
    for (let n = 0; n < 5; n += 1) {
      for (const KeyId of keys) {
        await kms.handle('Encrypt', { KeyId, Plaintext })
        const usage = await usageOf(kms, KeyId)
        expect(await usageOf(kms, KeyId)).to.deep.equal(usage)
        seen.add(memberAt(usage, 'CloudTrailEventId')).add(memberAt(usage, 'KmsRequestId'))
      }
    }
    expect(seen.size).to.equal(20)
  })

  it('is noted without a write, written with the next change, and outlives what others change', async () => {
    const options = { stateFile: path('state.json'), clock: createClock({ start: 1e12, frozen: true }) }
    const [one, two] = [createKms(options), createKms(options)]
    const KeyId = await newKey(one)
    await one.handle('Encrypt', { KeyId, Plaintext })
    const usage = await usageOf(one, KeyId)
    expect(await usageOf(two, KeyId)).to.deep.equal({})
    // The other process writes a state that knows nothing of it: read, it doesn't wash it away.
    await newKey(two)
    expect(await usageOf(one, KeyId)).to.deep.equal(usage)
    await newKey(one)
    expect(await usageOf(two, KeyId)).to.deep.equal(usage)
    expect(await usageOf(createKms(options), KeyId)).to.deep.equal(usage)
  })

  it('is that of an operation, too, during which the state was read anew', async () => {
    const options = { stateFile: path('meanwhile.json'), clock: createClock({ start: 1e12, frozen: true }) }
    const kms = createKms(options)
    const KeyId = await newKey(kms, {}, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
    const signing = kms.handle('Sign', { KeyId, Message: Plaintext, SigningAlgorithm: 'ECDSA_SHA_256' })
    utimesSync(options.stateFile, 1, 1)
    // Begins at once, and so reads the state before the signature is there.
    await Promise.all([kms.handle('DescribeKey', { KeyId }), signing])
    expect(await usageOf(kms, KeyId)).to.have.property('Operation', 'Sign')
    await newKey(kms)
    expect(await usageOf(createKms(options), KeyId)).to.have.property('Operation', 'Sign')
  })

  it('is each region’s own for a multi-Region key', async () => {
    const material = Buffer.alloc(32, 1).toString('base64')
    const keyId = `mrk-${'0'.repeat(32)}`
    const kms = createKms({ keys: ['us-east-1', 'eu-west-1'].map((region) => ({ region, keyId, material })) })
    await kms.handle('Encrypt', { KeyId: keyId, Plaintext })
    expect(await usageOf(kms, keyId)).to.have.property('Operation', 'Encrypt')
    const there = await kms.handle('GetKeyLastUsage', { KeyId: keyId }, { region: 'eu-west-1' })
    expect(there['KeyLastUsage']).to.deep.equal({})
  })
})
