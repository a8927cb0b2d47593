import { createClock, createKms } from '@sealring/kms-mock'
import type { Kms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { newKey } from './support/new-key.js'
import { temporaryFolder } from './support/temporary-folder.js'

const idsOf = async (kms: Kms): Promise<unknown> => (await kms.handle('ListKeys'))['Keys']

describe('reset', () => {
  const path = temporaryFolder()

  it('lets what follows from a seed begin anew, outputs too', async () => {
    const kms = createKms({ seed: 'reset', seedOutputs: true })
    const run = async (): Promise<unknown[]> => {
      const KeyId = await newKey(kms)
      return [
        await kms.handle('GenerateRandom', { NumberOfBytes: 8 }),
        await kms.handle('GenerateDataKey', { KeyId, KeySpec: 'AES_256' }),
        await kms.handle('GenerateDataKeyPair', { KeyId, KeyPairSpec: 'ECC_NIST_P256' }),
      ]
    }
    const first = await run()
    await kms.reset()
    expect(await run()).to.deep.equal(first)
  })

  for (const where of ['in memory', 'in a file'] as const) {
    it(`a creation under way ends before it and leaves no key behind, ${where}`, async () => {
      const kms = createKms(where === 'in memory' ? {} : { stateFile: path('state.json') })
      const creations = [{}, { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' }].map((input) =>
        kms.handle('CreateKey', input),
      )
      await kms.reset()
      expect(await idsOf(kms)).to.deep.equal([])
      for (const creation of creations) expect(await creation).to.have.property('KeyMetadata')
      expect(await idsOf(kms)).to.deep.equal([])
    })
  }

  it('does not wait for latencies: a call that is held up goes on, and ends before it', async () => {
    const kms = createKms()
    kms.faults.latency(2 ** 31 - 1)
    const creation = newKey(kms)
    await kms.reset()
    expect(await idsOf(kms)).to.deep.equal([])
    expect(await creation).to.be.a('string')
  })

  it('a call that comes while it waits begins after it, with the input that it came with', async () => {
    const kms = createKms({ seed: 'late', clock: createClock({ start: 0, frozen: true }) })
    const slow = kms.handle('CreateKey', { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' })
    const [one, other] = [kms.reset(), kms.reset()]
    const input = { Description: 'as it came' }
    const late = kms.handle('CreateKey', input)
    input.Description = 'changed'
    await Promise.all([slow, one, other])
    expect(await late).to.have.nested.property('KeyMetadata.Description', 'as it came')
    expect(await idsOf(kms)).to.have.lengthOf(1)
  })

  it('one that fails fails alone', async () => {
    const kms = createKms()
    const call = kms.handle('GenerateDataKeyPair', { KeyId: 'alias/none', KeyPairSpec: 'RSA_2048' })
    await kms.reset()
    expect(await call.catch((error: unknown) => error)).to.have.property('name', 'NotFoundException')
    await newKey(kms)
  })
})
