import { execFile } from 'node:child_process'
import { mock } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { cachingMaterialsManager, materialsCache } from '@sealring/core/keyring'
import { lruMaterials } from '#src/keyring/lru-materials.js'
import { decryptionMaterials } from '#src/materials/decryption-materials.js'
import { keyring, ours, signed } from '../envelope/fixture.js'
import { CountingKeyring } from './counting-keyring.js'
import { isZero, sealingMaterials, sealOnce, suiteOf, toOpen } from './materials-requests.js'

const maxAge = 1000

function fakeClock() {
  let now = 5000
  return {
    clock: () => now,
    advance: (milliseconds: number) => {
      now += milliseconds
    },
  }
}

const context = (tenant: string) => ({ encryptionContext: { tenant } })

describe('the limits of cachingMaterialsManager', () => {
  it('maxMessages: so many messages, and not one more', async () => {
    const manager = cachingMaterialsManager({ keyring, maxAge, maxMessages: 3 })
    const keys: Uint8Array[] = []
    for (let n = 0; n < 7; n += 1) keys.push((await sealOnce(manager)).dataKey)
    expect(keys.map((key) => keys.indexOf(key))).to.deep.equal([0, 0, 0, 3, 3, 3, 6])
  })

  it('maxMessages: counts messages that are still being sealed, and those given up', async () => {
    const manager = cachingMaterialsManager({ keyring, maxAge, maxMessages: 2 })
    const first = await sealingMaterials(manager)
    const second = await sealingMaterials(manager)
    const third = await sealingMaterials(manager)
    expect(second.dataKey).to.equal(first.dataKey)
    expect(third.dataKey).to.not.equal(first.dataKey)
    for (const { release } of [first, second, third]) release()
  })

  it('maxBytes: up to the last byte', async () => {
    const manager = cachingMaterialsManager({ keyring, maxAge, maxBytes: 10 })
    const lengths = [4, 6, 0, 1, 9, 1, 9, 2]
    const keys: Uint8Array[] = []
    for (const plaintextLength of lengths) keys.push((await sealOnce(manager, { plaintextLength })).dataKey)
    expect(keys.map((key) => keys.indexOf(key))).to.deep.equal([0, 0, 0, 3, 3, 5, 5, 7])
  })

  it('maxBytes: a message of just so many', async () => {
    const manager = cachingMaterialsManager({ keyring, maxAge, maxBytes: 10 })
    const { dataKey } = await sealOnce(manager, { plaintextLength: 10 })
    expect((await sealOnce(manager, { plaintextLength: 0 })).dataKey).to.equal(dataKey)
    expect((await sealOnce(manager, { plaintextLength: 10 })).dataKey).to.not.equal(dataKey)
  })

  it('none of them for opening', async () => {
    const counting = new CountingKeyring()
    const manager = cachingMaterialsManager({ keyring: counting, maxAge, maxMessages: 1, maxBytes: 1 })
    const { result } = await ours.encrypt(keyring, 'text')
    for (let n = 0; n < 5; n += 1) await ours.decrypt(manager, result)
    expect(counting.unwraps).to.equal(1)
  })

  it('maxAge: to the millisecond', async () => {
    const { clock, advance } = fakeClock()
    const manager = cachingMaterialsManager({ keyring, maxAge, clock })
    const sealed = await sealOnce(manager)
    const opened = await decryptionMaterials(manager, toOpen(await sealingMaterials(manager)))
    advance(maxAge - 1)
    expect((await sealOnce(manager)).dataKey).to.equal(sealed.dataKey)
    expect((await decryptionMaterials(manager, toOpen(sealed))).dataKey).to.equal(opened.dataKey)
    advance(1)
    const again = await decryptionMaterials(manager, toOpen(sealed))
    expect(again.dataKey).to.not.equal(opened.dataKey)
    expect((await sealOnce(manager)).dataKey).to.not.equal(sealed.dataKey)
  })

  it('maxAge: being used makes nothing younger', async () => {
    const { clock, advance } = fakeClock()
    const counting = new CountingKeyring()
    const manager = cachingMaterialsManager({ keyring: counting, maxAge, clock })
    for (let n = 0; n < 30; n += 1) {
      await sealOnce(manager)
      advance(100)
    }
    expect(counting.wraps).to.equal(3)
  })

  it('maxAge: a clock that went back to before the entry, or that gives no number, ends it', async () => {
    const { clock, advance } = fakeClock()
    const manager = cachingMaterialsManager({ keyring, maxAge, clock })
    const { dataKey } = await sealOnce(manager)
    advance(-1)
    expect((await sealOnce(manager)).dataKey).to.not.equal(dataKey)
    const broken = cachingMaterialsManager({ keyring, maxAge, clock: () => Number.NaN })
    expect((await sealOnce(broken)).dataKey).to.not.equal((await sealOnce(broken)).dataKey)
  })

  it('maxAge: of two managers that share entries, each has its own', async () => {
    const { clock, advance } = fakeClock()
    const shared = { keyring, cache: materialsCache({ clock }), partition: 'shared' }
    const patient = cachingMaterialsManager({ ...shared, maxAge })
    const hasty = cachingMaterialsManager({ ...shared, maxAge: 10 })
    const { dataKey } = await sealOnce(patient)
    advance(9)
    expect((await sealOnce(hasty)).dataKey).to.equal(dataKey)
    advance(1)
    expect((await sealOnce(patient)).dataKey).to.equal(dataKey)
    expect((await sealOnce(hasty)).dataKey).to.not.equal(dataKey)
  })

  it('capacity: the least recently used goes first', async () => {
    const manager = cachingMaterialsManager({ keyring, maxAge, capacity: 2 })
    const a = (await sealOnce(manager, context('a'))).dataKey
    const b = (await sealOnce(manager, context('b'))).dataKey
    expect((await sealOnce(manager, context('a'))).dataKey).to.equal(a)
    await sealOnce(manager, context('c'))
    expect(isZero(b)).to.equal(true)
    expect((await sealOnce(manager, context('a'))).dataKey).to.equal(a)
    expect((await sealOnce(manager, context('b'))).dataKey).to.not.equal(b)
  })

  it('capacity: opening takes nothing away from sealing', async () => {
    const manager = cachingMaterialsManager({ keyring, maxAge, capacity: 1 })
    const { dataKey } = await sealOnce(manager)
    for (const tenant of ['a', 'b', 'c']) {
      ;(
        await decryptionMaterials(manager, toOpen(await sealingMaterials(keyring, context(tenant))))
      ).release()
    }
    expect((await sealOnce(manager)).dataKey).to.equal(dataKey)
  })

  it('capacity 0: everything works, nothing is kept', async () => {
    const manager = cachingMaterialsManager({ keyring, maxAge, capacity: 0 })
    const held = await sealingMaterials(manager)
    expect(isZero(held.dataKey)).to.equal(false)
    held.release()
    expect(isZero(held.dataKey)).to.equal(true)
    const { result } = await ours.encrypt(manager, 'text')
    expect((await ours.decrypt(manager, result)).plaintext.toString()).to.equal('text')
  })
})

describe('the data keys of cachingMaterialsManager', () => {
  it('stay when a message is done, and are zeroed when they are evicted', async () => {
    const { clock, advance } = fakeClock()
    const ways: Readonly<Record<string, (manager: ReturnType<typeof cachingMaterialsManager>) => unknown>> = {
      clear: (manager) => manager.clear(),
      expiry: (manager) => {
        advance(maxAge)
        return sealOnce(manager)
      },
      capacity: async (manager) => {
        for (const tenant of ['a', 'b']) await sealOnce(manager, context(tenant))
      },
      'all messages spent': async (manager) => {
        for (let n = 0; n < 5; n += 1) await sealOnce(manager)
      },
      'all bytes spent': (manager) => sealOnce(manager, { plaintextLength: 97 }),
    }
    const limits = { maxAge, maxBytes: 100, maxMessages: 5, capacity: 2, clock }
    for (const [what, evict] of Object.entries(ways)) {
      const manager = cachingMaterialsManager({ keyring, ...limits })
      const { dataKey } = await sealOnce(manager)
      expect(isZero(dataKey), what).to.equal(false)
      await evict(manager)
      expect(isZero(dataKey), what).to.equal(true)
    }
  })

  it('are zeroed in the materials of AWS’s classes, too', async () => {
    const counting = new CountingKeyring()
    const manager = cachingMaterialsManager({ keyring: counting, maxAge })
    const sealed = await sealingMaterials(manager, { suite: suiteOf(signed) })
    const opened = await decryptionMaterials(manager, toOpen(sealed))
    sealed.release()
    opened.release()
    expect(counting.seen.map((material) => material.hasUnencryptedDataKey)).to.deep.equal([true, true])
    manager.clear()
    expect(counting.seen.map((material) => material.hasUnencryptedDataKey)).to.deep.equal([false, false])
    expect([isZero(sealed.dataKey), isZero(opened.dataKey)]).to.deep.equal([true, true])
  })

  it('are not zeroed under messages that are just being sealed or opened', async () => {
    const manager = cachingMaterialsManager({ keyring, maxAge })
    const one = await sealingMaterials(manager)
    const two = await sealingMaterials(manager)
    const opened = await decryptionMaterials(manager, toOpen(one))
    expect(two.dataKey).to.equal(one.dataKey)
    manager.clear()
    const zeroed = () => [isZero(one.dataKey), isZero(opened.dataKey)]
    expect(zeroed()).to.deep.equal([false, false])
    one.release()
    // Whoever releases twice lets go of his own use alone.
    one.release()
    expect(zeroed()).to.deep.equal([false, false])
    opened.release()
    expect(zeroed()).to.deep.equal([false, true])
    two.release()
    expect(zeroed()).to.deep.equal([true, true])
  })

  it('are zeroed when their time comes, even if nobody asks', async () => {
    const { clock, advance } = fakeClock()
    mock.timers.enable({ apis: ['setTimeout'] })
    try {
      const manager = cachingMaterialsManager({ keyring, maxAge: 40, clock })
      const { dataKey } = await sealOnce(manager)
      const held = await sealingMaterials(manager, context('held'))
      const pass = (milliseconds: number) => {
        advance(milliseconds)
        mock.timers.tick(milliseconds)
      }
      pass(20)
      const later = (await sealOnce(manager, context('later'))).dataKey
      const zeroed = () => [dataKey, held.dataKey, later].map(isZero)
      pass(19)
      expect(zeroed()).to.deep.equal([false, false, false])
      pass(1)
      expect(zeroed()).to.deep.equal([true, false, false])
      pass(19)
      expect(zeroed()).to.deep.equal([true, false, false])
      pass(1)
      expect(zeroed()).to.deep.equal([true, false, true])
      held.release()
      expect(zeroed()).to.deep.equal([true, true, true])
    } finally {
      mock.timers.reset()
    }
  })

  it('are zeroed in time where managers of several maxAges share a cache', async () => {
    const cache = materialsCache()
    const patient = cachingMaterialsManager({ keyring, maxAge: 1e12, cache })
    const hasty = cachingMaterialsManager({ keyring, maxAge: 20, cache })
    const long = (await sealOnce(patient)).dataKey
    const short = (await sealOnce(hasty)).dataKey
    await until(() => isZero(short))
    expect(isZero(long)).to.equal(false)
  })

  it('are zeroed when others take their place', async () => {
    const lru = lruMaterials<{ readonly release: () => void }>(10, () => 0)
    const released: string[] = []
    const fetched = async (name: string) => {
      const ask = () => Promise.resolve({ release: () => void released.push(name) })
      lru.letGo(await lru.fetch('key', 1, ask, () => true))
    }
    await fetched('first')
    expect(released).to.deep.equal([])
    await fetched('second')
    expect(released).to.deep.equal(['first'])
    lru.clear('k')
    lru.clear('k')
    expect(released).to.deep.equal(['first', 'second'])
  })

  it('keep no process alive', async () => {
    const script = `
      import { buildClient } from '@sealring/core/envelope'
      import { cachingMaterialsManager, rawAesKeyring } from '@sealring/core/keyring'
      const keyring = rawAesKeyring({ namespace: 'n', name: 'k', key: new Uint8Array(32) })
      await buildClient().encrypt(cachingMaterialsManager({ keyring, maxAge: 3_600_000 }), 'text')
      process.stdout.write('sealed')`
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      { timeout: 15_000 },
    )
    expect(stdout).to.equal('sealed')
  })

  async function until(holds: () => boolean): Promise<void> {
    const end = Date.now() + 15_000
    while (!holds()) {
      if (Date.now() > end) throw new Error('It never came to that')
      await sleep(5)
    }
  }
})
