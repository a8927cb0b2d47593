import { randomBytes } from 'node:crypto'
import { createStore, memoryBackend, memoryLocation, type Backend, type MemoryLocation } from '@sealring/core'
import { KeyringNode } from '@aws-crypto/material-management-node'
import { setTimeout as delay } from 'node:timers/promises'
import { rawAesKeyring } from '@sealring/core/keyring'
import { expect } from 'chai'
import { describe, it } from 'mocha'

const keyring = rawAesKeyring({ namespace: 'proof', name: 'key', key: randomBytes(32) })

/** Verifying by digests must need no key. */
class NoKey extends KeyringNode {
  _onEncrypt(): Promise<never> {
    return Promise.reject(new Error('The key was asked for.'))
  }
  _onDecrypt(): Promise<never> {
    return Promise.reject(new Error('The key was asked for.'))
  }
}

describe('faults of one of two locations', () => {
  it('dead: of 1,000 gets none fails', async () => {
    const { arbiter, replica } = pair()
    const locations = [arbiter.backend, replica.backend]
    await createStore({ id: 'faults', keyring, locations, arbiter: 'a' }).put('secret', 'value')
    const dead: Backend = { ...arbiter.backend, ...failing(() => Promise.reject(new Error('down'))) }
    const store = createStore({ id: 'faults', keyring, locations: [dead, replica.backend], arbiter: 'a' })
    const servers = new Set<string>()
    for (let round = 0; round < 1000; round++) {
      const { plaintext, servedBy } = await store.get('secret', { freshness: 'nearest' })
      expect(Buffer.from(plaintext).toString()).to.equal('value')
      servers.add(servedBy)
    }
    expect([...servers]).to.deep.equal(['b'])
  })

  it('delayed by 5 s: the 99th percentile of gets stays clearly below', async () => {
    const { arbiter, replica } = pair()
    const locations = [arbiter.backend, replica.backend]
    await createStore({ id: 'faults', keyring, locations, arbiter: 'a' }).put('secret', 'value')
    const slow: Backend = {
      ...arbiter.backend,
      read: (slot, options) => late(() => arbiter.backend.read(slot, options)),
      latest: (name, options) => late(() => arbiter.backend.latest(name, options)),
      readSidecar: (key, options) => late(() => arbiter.backend.readSidecar(key, options)),
    }
    const store = createStore({ id: 'faults', keyring, locations: [slow, replica.backend], arbiter: 'a' })
    const times: number[] = []
    for (let batch = 0; batch < 10; batch++)
      await Promise.all(
        Array.from({ length: 10 }, async () => {
          const start = performance.now()
          await store.get('secret', { freshness: 'nearest' })
          times.push(performance.now() - start)
        }),
      )
    times.sort((a, b) => a - b)
    process.stdout.write(`      p50 ${times[49]!.toFixed(0)} ms, p99 ${times[98]!.toFixed(0)} ms\n`)
    expect(times[98]).to.be.below(2500)
  })

  it('damaged: verify names exactly the damaged copies without a key, repair heals them, once', async () => {
    const { arbiter, replica } = pair()
    const locations = [arbiter.backend, replica.backend]
    const store = createStore({ id: 'faults', keyring, locations, arbiter: 'a', suite: 'unsigned' })
    const names = Array.from({ length: 5000 }, (_, index) => `entry/${index}`)
    for (const name of names) await store.put(name, name)
    const damaged = names.filter((_, index) => index % 50 === 7)
    for (const name of damaged) damage(replica.location, name)

    const keyless = createStore({ id: 'faults', keyring: new NoKey(), locations, arbiter: 'a' })
    const report = await keyless.verify()
    expect(report.findings.map(({ name }) => name).toSorted()).to.deep.equal(damaged.toSorted())
    expect(new Set(report.findings.map(({ location }) => location))).to.deep.equal(new Set(['b']))
    const first = await store.repair()
    expect(first.writes.length).to.equal(damaged.length)
    expect((await keyless.verify()).clean).to.equal(true)
    expect((await store.repair()).writes).to.deep.equal([])
  })
})

function pair() {
  const [first, second] = [memoryLocation(), memoryLocation()]
  return {
    arbiter: { location: first, backend: memoryBackend({ id: 'a', location: first }) },
    replica: { location: second, backend: memoryBackend({ id: 'b', location: second }) },
  }
}

async function late<Result>(work: () => Promise<Result>): Promise<Result> {
  await delay(5000, undefined, { ref: false })
  return work()
}

function failing(fail: () => Promise<never>) {
  return { read: fail, stat: fail, latest: fail, revisions: fail, readSidecar: fail, listSidecars: fail }
}

function damage(location: MemoryLocation, name: string): void {
  const revisions = location.blobs.get(name)!
  const blob = revisions.get(1)!
  const bytes = Uint8Array.from(blob.bytes)
  bytes[bytes.length >> 1]! ^= 1
  revisions.set(1, { ...blob, bytes })
}
