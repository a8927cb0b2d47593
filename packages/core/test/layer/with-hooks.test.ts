import {
  BackendError,
  memoryBackend,
  sealedBlob,
  withHooks,
  type BackendCall,
  type BackendCallEnd,
} from '@sealring/core'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { faultyBackend } from '../store/faulty-backend.js'
import { failureOf } from './failure-of.js'
import { warningsDuring } from './warnings-during.js'

const slot = { name: 'watched', revision: 1 }
const blob = sealedBlob(Buffer.from('sealed bytes'))
const key = { ...slot, kind: 'fork', id: 'x' }

function watched() {
  const faulty = faultyBackend(memoryBackend({ id: 'memory' }))
  const started: BackendCall[] = []
  const ended: [BackendCall, BackendCallEnd][] = []
  const backend = withHooks(faulty.backend, {
    onStart: (call) => void started.push(call),
    onEnd: (call, end) => void ended.push([call, end]),
  })
  return { ...faulty, backend, started, ended }
}

describe('withHooks', () => {
  it('tells what was called and how it ended, and nothing else', async () => {
    const { backend, started, ended } = watched()
    const { versionToken } = await backend.create(slot, blob)
    await backend.create(slot, blob)
    await backend.read(slot)
    await backend.stat({ ...slot, revision: 2 })
    await backend.latest(slot.name)
    await backend.revisions(slot.name)
    await backend.names({ prefix: 'w' })
    await backend.replace(slot, blob, { expect: 'another' })
    await backend.replace(slot, blob, { expect: versionToken })
    await backend.purge(slot)
    await backend.createSidecar(key, Buffer.from('sidecar bytes'))
    await backend.createSidecar(key, Buffer.from('sidecar bytes'))
    await backend.readSidecar(key)
    await backend.listSidecars(slot)
    await backend.deleteSidecar(key)
    await backend.readSidecar(key)
    const location = 'memory'
    const { name } = slot
    const told = ended.map(([call, { milliseconds, ...end }]) => {
      expect(milliseconds).to.be.a('number').that.is.at.least(0)
      return { ...call, ...end }
    })
    expect(told).to.deep.equal([
      { location, operation: 'create', name, revision: 1, outcome: 'created' },
      { location, operation: 'create', name, revision: 1, outcome: 'exists' },
      { location, operation: 'read', name, revision: 1, outcome: 'found' },
      { location, operation: 'stat', name, revision: 2, outcome: 'absent' },
      { location, operation: 'latest', name, outcome: 'found' },
      { location, operation: 'revisions', name, outcome: 'done' },
      { location, operation: 'names', outcome: 'done' },
      { location, operation: 'replace', name, revision: 1, outcome: 'changed' },
      { location, operation: 'replace', name, revision: 1, outcome: 'replaced' },
      { location, operation: 'purge', name, revision: 1, outcome: 'done' },
      { location, operation: 'createSidecar', name, revision: 1, outcome: 'created' },
      { location, operation: 'createSidecar', name, revision: 1, outcome: 'exists' },
      { location, operation: 'readSidecar', name, revision: 1, outcome: 'found' },
      { location, operation: 'listSidecars', name, revision: 1, outcome: 'done' },
      { location, operation: 'deleteSidecar', name, revision: 1, outcome: 'done' },
      { location, operation: 'readSidecar', name, revision: 1, outcome: 'absent' },
    ])
    expect(started).to.have.length(ended.length)
    for (const [i, [call]] of ended.entries()) expect(call).to.equal(started[i])
  })

  it('tells the code of a failure, and passes the failure on', async () => {
    const { backend, inject, ended } = watched()
    const error = new BackendError('THROTTLED', 'Injected.', { backend: 'memory', operation: 'stat' })
    inject({ times: 1, run: () => Promise.reject(error) })
    expect(await failureOf(backend.stat(slot))).to.equal(error)
    const foreign = new TypeError('secret')
    inject({ times: 1, run: () => Promise.reject(foreign) })
    expect(await failureOf(backend.stat(slot))).to.equal(foreign)
    expect(await failureOf(backend.latest('not//a name'))).to.include({ code: 'INVALID_NAME' })
    const signal = AbortSignal.abort(new Error('enough'))
    expect(await failureOf(backend.stat(slot, { signal }))).to.equal(signal.reason)
    expect(ended.map(([, { outcome, code }]) => [outcome, code])).to.deep.equal([
      ['failed', 'THROTTLED'],
      ['failed', undefined],
      ['failed', 'INVALID_NAME'],
      ['aborted', undefined],
    ])
  })

  const fails: Record<string, () => void> = {
    throw: () => {
      throw new RangeError('secret')
    },
    // oxlint-disable-next-line typescript/no-misused-promises -- what JavaScript, and careless TypeScript, may pass
    reject: () => Promise.reject(new RangeError('secret')),
  }
  for (const [name, fail] of Object.entries(fails))
    it(`lets hooks ${name} without disturbing a call`, async () => {
      const backend = withHooks(memoryBackend({ id: 'memory' }), { onStart: fail, onEnd: fail })
      const warnings = await warningsDuring(async () => {
        expect(await backend.create(slot, blob)).to.include({ outcome: 'created' })
        expect(await backend.stat(slot)).to.include({ digest: blob.digest })
        expect(await failureOf(backend.latest('not//a name'))).to.include({ code: 'INVALID_NAME' })
      })
      expect(warnings).to.have.length(1)
      expect(warnings[0]).to.include({ code: 'SEALRING_HOOK' })
      expect(warnings[0]!.message).to.include('RangeError').and.not.include('secret')
    })

  it('needs neither hook', async () => {
    const backend = withHooks(memoryBackend({ id: 'memory' }), {})
    expect(await backend.create(slot, blob)).to.include({ outcome: 'created' })
  })
})
