import { mock } from 'node:test'
import {
  BackendError,
  InputError,
  collect,
  memoryBackend,
  memoryLocation,
  sealedBlob,
  type Backend,
  type BackendErrorCode,
} from '@sealring/core'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { describe, it } from 'mocha'
import { retryBudget } from '#src/layer/retry-budget.js'
import { sleep } from '#src/layer/sleep.js'
import { retryLayer, withRetry, type RetryOptions } from '#src/layer/with-retry.js'
import { faultyBackend, losingAnswer, refusing } from '../store/faulty-backend.js'
import { failureOf } from './failure-of.js'

const slot = { name: 'retried', revision: 1 }
const blob = sealedBlob(Buffer.from('sealed bytes'))
const key = { ...slot, kind: 'fork', id: 'x' }

/** A faulty location behind the layer; pauses are noted, not waited for. */
function trial(options?: RetryOptions, capabilities: Partial<Backend['capabilities']> = {}) {
  const location = memoryLocation()
  const inner = memoryBackend({ id: 'faulty', location })
  const faulty = faultyBackend({ ...inner, capabilities: { ...inner.capabilities, ...capabilities } })
  const bounds: number[] = []
  const pauses: number[] = []
  const backend = retryLayer(faulty.backend, options, {
    random: (bound) => {
      bounds.push(bound)
      return Math.floor(bound / 3)
    },
    sleep: async (milliseconds) => void pauses.push(milliseconds),
  })
  return { ...faulty, backend, inner, location, bounds, pauses }
}

function failWith(code: BackendErrorCode, retryable: boolean): BackendError {
  return new BackendError(code, 'Injected.', { backend: 'faulty', operation: 'read', retryable })
}

// oxlint-disable-next-line require-yield
async function* breaking(error: Error): AsyncGenerator<Uint8Array> {
  throw error
}

function causesOf(error: unknown): unknown[] {
  if (!(error instanceof Error) || !(error.cause instanceof AggregateError)) expect.fail('there is one cause')
  return error.cause.errors
}

describe('withRetry', () => {
  it('repeats what is retryable, until it succeeds', async () => {
    const { backend, inject, calls } = trial()
    inject(refusing('THROTTLED', { times: 2 }))
    expect(await backend.latest(slot.name)).to.equal(undefined)
    expect(calls).to.deep.equal(['latest', 'latest', 'latest'])
  })

  it('fails with the last error itself when its attempts are used up', async () => {
    const { backend, inject, calls } = trial({ attempts: 4 })
    const errors: BackendError[] = []
    inject({
      run: () => {
        const error = failWith('UNREACHABLE', true)
        errors.push(error)
        return Promise.reject(error)
      },
    })
    expect(await failureOf(backend.stat(slot))).to.equal(errors[3])
    expect(calls).to.have.length(4)
  })

  for (const error of [
    failWith('ACCESS_DENIED', false),
    failWith('BACKEND_FAILED', false),
    new InputError('INVALID_ARGUMENT', 'Injected.'),
    new TypeError('Injected.'),
  ])
    it(`leaves ${error.name} ${'code' in error ? error.code : ''} alone`, async () => {
      const { backend, inject, calls } = trial()
      inject({ run: () => Promise.reject(error) })
      expect(await failureOf(backend.read(slot))).to.equal(error)
      expect(calls).to.have.length(1)
    })

  it('pauses for a random time below a bound that doubles up to the longest', async () => {
    const { backend, inject, bounds, pauses } = trial({
      attempts: 7,
      baseMilliseconds: 100,
      maxMilliseconds: 1000,
    })
    inject(refusing('UNREACHABLE'))
    await failureOf(backend.stat(slot))
    expect(bounds).to.deep.equal([101, 201, 401, 801, 1001, 1001])
    expect(pauses).to.deep.equal(bounds.map((bound) => Math.floor(bound / 3)))
  })

  it('pauses really, and at random', async () => {
    const faulty = faultyBackend(memoryBackend({ id: 'faulty' }))
    faulty.inject(refusing('UNREACHABLE', { times: 3 }))
    const backend = withRetry(faulty.backend, { attempts: 4, baseMilliseconds: 1, maxMilliseconds: 2 })
    expect(await backend.stat(slot)).to.equal(undefined)
    expect(faulty.calls).to.have.length(4)
  })

  it('makes one attempt when told so', async () => {
    const { backend, inject, calls } = trial({ attempts: 1 })
    inject(refusing('UNREACHABLE'))
    await failureOf(backend.stat(slot))
    expect(calls).to.have.length(1)
  })

  for (const [name, options] of Object.entries({
    'no attempt': { attempts: 0 },
    'half an attempt': { attempts: 1.5 },
    'a negative pause': { baseMilliseconds: -1 },
    'a pause that no timer can wait': { maxMilliseconds: 2 ** 31 },
    'no number': { baseMilliseconds: Number.NaN },
    'a negative budget': { budget: { retries: -1 } },
    'retries for nothing': { budget: { successesPerRetry: 0 } },
  }))
    it(`refuses ${name}`, () => {
      const act = () => withRetry(memoryBackend({ id: 'memory' }), options)
      expect(act).to.throw(InputError).with.property('code', 'INVALID_ARGUMENT')
    })

  describe('a signal', () => {
    it('ends a pause with its reason, and leaves no timer', async () => {
      const reason = new Error('enough')
      const controller = new AbortController()
      const faulty = faultyBackend(memoryBackend({ id: 'faulty' }))
      faulty.inject(refusing('UNREACHABLE'))
      const set = mock.method(globalThis, 'setTimeout')
      const cleared = mock.method(globalThis, 'clearTimeout')
      try {
        const backend = retryLayer(faulty.backend, undefined, {
          random: () => 3_600_000,
          sleep: (milliseconds, signal) => {
            const waiting = sleep(milliseconds, signal)
            controller.abort(reason)
            return waiting
          },
        })
        expect(await failureOf(backend.stat(slot, { signal: controller.signal }))).to.equal(reason)
        const timers = set.mock.calls.filter((call) => call.arguments[1] === 3_600_000)
        expect(timers).to.have.length(1)
        const gone = cleared.mock.calls.map((call) => call.arguments[0])
        expect(gone.includes(timers[0]!.result)).to.equal(true)
      } finally {
        mock.restoreAll()
      }
      expect(faulty.calls).to.have.length(1)
    })

    it('that was aborted during the attempt ends the call with its reason', async () => {
      const reason = new Error('enough')
      const controller = new AbortController()
      const { backend, inject, calls } = trial()
      inject({
        run: () => {
          controller.abort(reason)
          return Promise.reject(failWith('UNREACHABLE', true))
        },
      })
      expect(await failureOf(backend.stat(slot, { signal: controller.signal }))).to.equal(reason)
      expect(calls).to.have.length(1)
    })
  })

  describe('the budget', () => {
    it('is shared: a location that is down is hardly called more often than without retries', async () => {
      const { backend, inject, calls } = trial({ budget: { retries: 10 } })
      inject(refusing('UNREACHABLE'))
      await Promise.all(Array.from({ length: 100 }, () => failureOf(backend.stat(slot))))
      for (let i = 0; i < 100; i++) await failureOf(backend.latest(slot.name))
      expect(calls).to.have.length(210)
    })

    it('is by default a hundred retries', async () => {
      const { backend, inject, calls } = trial()
      inject(refusing('UNREACHABLE'))
      for (let i = 0; i < 200; i++) await failureOf(backend.stat(slot))
      expect(calls).to.have.length(300)
    })

    it('is earned again by successes', async () => {
      const { backend, inject, calls } = trial({ budget: { retries: 1, successesPerRetry: 3 } })
      const down = inject(refusing('UNREACHABLE'))
      await failureOf(backend.stat(slot))
      await failureOf(backend.stat(slot))
      expect(calls).to.have.length(3)
      down()
      await backend.stat(slot)
      await backend.stat(slot)
      inject(refusing('UNREACHABLE', { times: 1 }))
      await failureOf(backend.stat(slot))
      expect(calls).to.have.length(6)
      await backend.stat(slot)
      inject(refusing('UNREACHABLE', { times: 1 }))
      await backend.stat(slot)
      expect(calls).to.have.length(9)
    })

    it('saves no more than its capacity, however long all was well', async () => {
      const { backend, inject, calls } = trial({ budget: { retries: 4 } })
      for (let i = 0; i < 100; i++) await backend.stat(slot)
      inject(refusing('UNREACHABLE'))
      for (let i = 0; i < 50; i++) await failureOf(backend.stat(slot))
      expect(calls).to.have.length(154)
    })

    it('never gives more than its capacity and the share of successes', () => {
      fc.assert(
        fc.property(
          fc.array(fc.boolean(), { maxLength: 500 }),
          fc.nat(20),
          fc.integer({ min: 1, max: 9 }),
          (events, retries, successesPerRetry) => {
            const budget = retryBudget({ retries, successesPerRetry })
            let spent = 0
            let succeeded = 0
            for (const success of events) {
              if (success) {
                budget.earn()
                succeeded++
              } else if (budget.spend()) spent++
              expect(spent).to.be.at.most(retries + Math.floor(succeeded / successesPerRetry))
            }
          },
        ),
      )
    })
  })

  describe('create', () => {
    it('that was done and not acknowledged exists, with our digest', async () => {
      const { backend, inner, inject, calls } = trial()
      inject(losingAnswer({ operations: ['create'], times: 1 }))
      const result = await backend.create(slot, blob)
      expect(result).to.include({ outcome: 'exists', digest: blob.digest })
      expect(calls).to.deep.equal(['create', 'create'])
      expect((await inner.revisions(slot.name)).items).to.have.length(1)
    })

    it('that was not done is created by the second attempt', async () => {
      const { backend, inject } = trial()
      inject(refusing('OUTCOME_UNKNOWN', { times: 1 }))
      expect(await backend.create(slot, blob)).to.include({ outcome: 'created' })
    })

    it('that was lost to another writer exists, with theirs', async () => {
      const { backend, inner, inject } = trial()
      const other = sealedBlob(Buffer.from('other bytes'))
      inject({
        times: 1,
        run: async () => {
          await inner.create(slot, other)
          throw failWith('OUTCOME_UNKNOWN', true)
        },
      })
      expect(await backend.create(slot, blob)).to.include({ outcome: 'exists', digest: other.digest })
    })

    for (const [name, last] of Object.entries({
      'one that is not retried': failWith('ACCESS_DENIED', false),
      'one that is': failWith('UNREACHABLE', true),
      'one that is no error of a backend': new TypeError('Injected.'),
    }))
      it(`stays unknown whatever a later attempt fails with: ${name}`, async () => {
        const { backend, inject, location } = trial()
        inject(losingAnswer({ times: 1 }))
        inject({ run: () => Promise.reject(last) })
        const error = await failureOf(backend.create(slot, blob))
        expect(error).to.be.instanceOf(BackendError)
        expect(error).to.include({ code: 'OUTCOME_UNKNOWN', operation: 'create', retryable: true })
        const [first, second] = causesOf(error)
        expect(first).to.include({ code: 'OUTCOME_UNKNOWN' })
        expect(second).to.equal(last)
        expect(location.blobs.get(slot.name)?.size).to.equal(1)
      })

    it('is not repeated after an unknown outcome where creation is not conditional', async () => {
      const { backend, inject, calls } = trial({}, { conditionalCreate: false })
      inject(losingAnswer({ times: 1 }))
      expect(await failureOf(backend.create(slot, blob))).to.include({ code: 'OUTCOME_UNKNOWN' })
      expect(calls).to.have.length(1)
      inject(refusing('THROTTLED', { times: 1 }))
      expect(await backend.create({ ...slot, revision: 2 }, blob)).to.include({ outcome: 'created' })
    })
  })

  describe('replace and createSidecar', () => {
    it('are repeated when nothing was done', async () => {
      const { backend, inject, calls } = trial()
      const { versionToken } = await backend.create(slot, blob)
      inject(refusing('THROTTLED', { operations: ['replace'], times: 1 }))
      inject(refusing('THROTTLED', { operations: ['createSidecar'], times: 1 }))
      expect(await backend.replace(slot, blob, { expect: versionToken })).to.include({ outcome: 'replaced' })
      expect(await backend.createSidecar(key, Buffer.from('x'))).to.include({ outcome: 'created' })
      expect(calls).to.deep.equal(['create', 'replace', 'replace', 'createSidecar', 'createSidecar'])
    })

    it('are left to the caller when nobody knows', async () => {
      const { backend, inject, calls } = trial()
      const { versionToken } = await backend.create(slot, blob)
      inject(losingAnswer({ operations: ['replace', 'createSidecar'] }))
      const replaced = backend.replace(slot, blob, { expect: versionToken })
      expect(await failureOf(replaced)).to.include({ code: 'OUTCOME_UNKNOWN' })
      const created = backend.createSidecar(key, Buffer.from('x'))
      expect(await failureOf(created)).to.include({ code: 'OUTCOME_UNKNOWN' })
      expect(calls).to.deep.equal(['create', 'replace', 'createSidecar'])
    })
  })

  it('repeats deleteSidecar, whatever became of the first attempt', async () => {
    const { backend, inject, calls } = trial()
    await backend.createSidecar(key, Buffer.from('x'))
    inject(losingAnswer({ operations: ['deleteSidecar'], times: 1 }))
    await backend.deleteSidecar(key)
    expect(calls).to.deep.equal(['createSidecar', 'deleteSidecar', 'deleteSidecar'])
    expect(await backend.readSidecar(key)).to.equal(undefined)
  })

  it('does not read again when a body fails', async () => {
    const { backend, inject, calls } = trial()
    await backend.create(slot, blob)
    const broken = failWith('UNREACHABLE', true)
    inject({
      operations: ['read'],
      run: async (pass) => Object.assign({}, await pass(), { body: breaking(broken) }),
    })
    const stored = await backend.read(slot)
    expect(await failureOf(collect(stored!.body))).to.equal(broken)
    expect(calls).to.deep.equal(['create', 'read'])
  })
})
