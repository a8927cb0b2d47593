import { NodeDefaultCryptographicMaterialsManager } from '@aws-crypto/client-node'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { cachingMaterialsManager } from '@sealring/core/keyring'
import { decryptionMaterials } from '#src/materials/decryption-materials.js'
import type { EncryptionMaterials } from '#src/materials/materials.js'
import { codeOf } from '../envelope/code-of.js'
import { keyring, ours } from '../envelope/fixture.js'
import { closedGate, CountingKeyring } from './counting-keyring.js'
import { isZero, sealingMaterials, sealOnce, toOpen } from './materials-requests.js'

const maxAge = 60_000
const hundred = Array.from({ length: 100 }, (_, n) => n)

function gated() {
  const counting = new CountingKeyring()
  const { gate, open } = closedGate()
  counting.gate = gate
  return { counting, open }
}

describe('cachingMaterialsManager in a storm', () => {
  it('asks once, however many wait', async () => {
    const { counting, open } = gated()
    const manager = cachingMaterialsManager({ keyring: counting, maxAge })
    const sealing = hundred.map((n) => ours.encrypt(manager, `text ${n}`))
    open()
    const messages = await Promise.all(sealing)
    expect(counting.wraps).to.equal(1)
    const again = closedGate()
    counting.gate = again.gate
    const opening = messages.map(({ result }) => ours.decrypt(manager, result))
    again.open()
    const opened = await Promise.all(opening)
    expect(opened.map(({ plaintext }) => plaintext.toString())).to.deep.equal(hundred.map((n) => `text ${n}`))
    expect(counting.unwraps).to.equal(1)
  })

  it('asks another manager once, too', async () => {
    const counting = new CountingKeyring()
    const inner = new NodeDefaultCryptographicMaterialsManager(counting)
    const manager = cachingMaterialsManager({ manager: inner, maxAge })
    await Promise.all(hundred.map(() => ours.encrypt(manager, 'text')))
    expect(counting.wraps).to.equal(1)
  })

  it('asks again when what it had is spent or too old: once', async () => {
    let now = 0
    const counting = new CountingKeyring()
    const manager = cachingMaterialsManager({ keyring: counting, maxAge, clock: () => now })
    for (let round = 1; round <= 3; round += 1) {
      await Promise.all(hundred.map(() => sealOnce(manager)))
      expect(counting.wraps).to.equal(round)
      now += maxAge
    }
  })

  it('asks for each context by itself', async () => {
    const { counting, open } = gated()
    const manager = cachingMaterialsManager({ keyring: counting, maxAge })
    const asked = hundred.map((n) => sealOnce(manager, { encryptionContext: { tenant: `${n % 5}` } }))
    open()
    const keys = (await Promise.all(asked)).map(({ dataKey }) => dataKey)
    expect(new Set(keys)).to.have.length(5)
    expect(counting.wraps).to.equal(5)
  })

  it('exceeds no limit', async () => {
    for (const limits of [{ maxMessages: 7 }, { maxBytes: 4 * 7 }]) {
      const counting = new CountingKeyring()
      const manager = cachingMaterialsManager({ keyring: counting, maxAge, ...limits })
      const materials = await Promise.all(hundred.map(() => sealingMaterials(manager)))
      const uses = new Map<Uint8Array, number>()
      for (const { dataKey } of materials) uses.set(dataKey, (uses.get(dataKey) ?? 0) + 1)
      expect([...uses.values()].toSorted((a, b) => a - b)).to.deep.equal([
        2,
        ...Array.from({ length: 14 }, () => 7),
      ])
      expect(counting.wraps).to.equal(15)
      for (const { dataKey } of materials) expect(isZero(dataKey)).to.equal(false)
      for (const { release } of materials) release()
      expect(
        new Set(materials.filter(({ dataKey }) => !isZero(dataKey)).map(({ dataKey }) => dataKey)),
      ).to.have.length(1)
    }
  })

  it('fails for all who wait when the call fails, and keeps no failure', async () => {
    const { counting, open } = gated()
    const manager = cachingMaterialsManager({ keyring: counting, maxAge })
    const { result } = await ours.encrypt(keyring, 'text')
    counting.failure = new Error('the network went away')
    const sealing = hundred.map(() => codeOf(() => ours.encrypt(manager, 'text')))
    const opening = hundred.map(() => codeOf(() => ours.decrypt(manager, result)))
    open()
    expect(new Set(await Promise.all(sealing))).to.deep.equal(new Set(['DATA_KEY_NOT_WRAPPED']))
    expect(new Set(await Promise.all(opening))).to.deep.equal(new Set(['DATA_KEY_NOT_UNWRAPPED']))
    expect([counting.wraps, counting.unwraps]).to.deep.equal([1, 1])
    counting.failure = undefined
    await ours.encrypt(manager, 'text')
    await ours.decrypt(manager, result)
    expect([counting.wraps, counting.unwraps]).to.deep.equal([2, 2])
  })

  it('gives those who wait what they waited for when it is cleared, but nobody else', async () => {
    const { counting, open } = gated()
    const manager = cachingMaterialsManager({ keyring: counting, maxAge })
    const before = hundred.map(() => sealingMaterials(manager))
    await Promise.resolve()
    manager.clear()
    const after = hundred.map(() => sealingMaterials(manager))
    open()
    const keysOf = (materials: EncryptionMaterials[]) => [...new Set(materials.map(({ dataKey }) => dataKey))]
    const early = await Promise.all(before)
    const late = await Promise.all(after)
    expect([keysOf(early).length, keysOf(late).length, counting.wraps]).to.deep.equal([1, 1, 2])
    expect(keysOf(early)[0]).to.not.equal(keysOf(late)[0])
    for (const [n, { dataKey, release }] of early.entries()) {
      release()
      expect(isZero(dataKey)).to.equal(n === 99)
    }
    expect((await sealOnce(manager)).dataKey).to.equal(keysOf(late)[0])
  })

  it('keeps nothing that was asked for before it was cleared', async () => {
    const { counting, open } = gated()
    const manager = cachingMaterialsManager({ keyring: counting, maxAge })
    const waiting = sealingMaterials(manager)
    manager.clear()
    open()
    const { dataKey, release } = await waiting
    release()
    expect(isZero(dataKey)).to.equal(true)
    await sealOnce(manager)
    expect(counting.wraps).to.equal(2)
  })

  it('zeroes nothing under those who wait, even where nothing is kept', async () => {
    const manager = cachingMaterialsManager({ keyring, maxAge, capacity: 0 })
    const materials = await Promise.all(hundred.map(() => sealingMaterials(manager)))
    expect(new Set(materials.map(({ dataKey }) => dataKey))).to.have.length(1)
    const request = toOpen(materials[0]!)
    const opened = await Promise.all(hundred.map(async () => decryptionMaterials(manager, request)))
    for (const held of [materials, opened]) {
      for (const [n, { dataKey, release }] of held.entries()) {
        expect(isZero(dataKey)).to.equal(false)
        release()
        expect(isZero(dataKey)).to.equal(n === 99)
      }
    }
  })
})
