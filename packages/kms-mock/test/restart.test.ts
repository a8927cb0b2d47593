import { existsSync } from 'node:fs'
import { createClock, createKms } from '@sealring/kms-mock'
import type { Kms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { newKey } from './support/new-key.js'
import { temporaryFolder } from './support/temporary-folder.js'

const day = 86_400_000
const Plaintext = Buffer.from('x')

const lastUsage = async (kms: Kms, KeyId: string): Promise<unknown> =>
  (await kms.handle('GetKeyLastUsage', { KeyId }))['KeyLastUsage']
const post = (url: string, body: object): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

describe('a restart on a state file', () => {
  const path = temporaryFolder()

  it('save keeps last usages and how far the clock was advanced', async () => {
    const stateFile = path('saved.json')
    const one = createKms({ stateFile })
    const KeyId = await newKey(one)
    await one.handle('Encrypt', { KeyId, Plaintext })
    one.clock.advance({ days: 30 })
    await one.save()
    const two = createKms({ stateFile })
    expect(await lastUsage(two, KeyId)).to.deep.equal(await lastUsage(one, KeyId))
    expect(two.clock.now()).to.be.closeTo(Date.now() + 30 * day, 60_000)
    await two.reset()
    expect(createKms({ stateFile }).clock.now()).to.be.closeTo(Date.now(), 60_000)
  })

  it('a server saves as it closes, and the clock before it answers', async () => {
    const stateFile = path('served.json')
    const one = createKms({ stateFile, clock: { start: 0, frozen: true } })
    const KeyId = await newKey(one)
    const server = await one.listen()
    await post(`${server.url}/clock`, { advance: { days: 2 } })
    // Without a word from the first one that it ends: it was answered.
    expect(createKms({ stateFile, clock: { start: 0, frozen: true } }).clock.now()).to.equal(2 * day)
    await one.handle('Encrypt', { KeyId, Plaintext })
    await server.close()
    expect(await lastUsage(createKms({ stateFile }), KeyId)).to.include({ Operation: 'Encrypt' })
  })

  it('a usage that is noted while another change is written is saved later', async () => {
    const stateFile = path('meanwhile.json')
    const one = createKms({ stateFile })
    const KeyId = await newKey(one)
    const change = newKey(one)
    await one.handle('Encrypt', { KeyId, Plaintext })
    await change
    await one.save()
    expect(await lastUsage(createKms({ stateFile }), KeyId)).to.include({ Operation: 'Encrypt' })
  })

  it('a clock that a caller made stays its own', async () => {
    const stateFile = path('own.json')
    const one = createKms({ stateFile, clock: createClock({ start: 0, frozen: true }) })
    one.clock.advance({ days: 1 })
    await newKey(one)
    const clock = createClock({ start: 5, frozen: true })
    expect(createKms({ stateFile, clock }).clock.now()).to.equal(5)
  })

  it('without a state file, save has nothing to do; a state without news is not written', async () => {
    await createKms().save()
    const stateFile = path('none.json')
    await createKms({ stateFile }).save()
    expect(existsSync(stateFile)).to.equal(false)
  })
})
