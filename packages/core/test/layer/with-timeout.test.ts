import { getEventListeners } from 'node:events'
import { mock } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import {
  InputError,
  collect,
  memoryBackend,
  sealedBlob,
  withTimeout,
  type Backend,
  type BackendOperation,
  type CallOptions,
} from '@sealring/core'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { failureOf } from './failure-of.js'

const slot = { name: 'timed', revision: 1 }
const blob = sealedBlob(Buffer.from('sealed bytes'))
const key = { ...slot, kind: 'fork', id: 'x' }

const calls: Record<BackendOperation, (backend: Backend, call?: CallOptions) => Promise<unknown>> = {
  create: (backend, call) => backend.create(slot, blob, call),
  read: (backend, call) => backend.read(slot, call),
  stat: (backend, call) => backend.stat(slot, call),
  latest: (backend, call) => backend.latest(slot.name, call),
  revisions: (backend, call) => backend.revisions(slot.name, call),
  names: (backend, call) => backend.names(call),
  replace: (backend, call) => backend.replace(slot, blob, { ...call, expect: 'x' }),
  purge: (backend, call) => backend.purge(slot, call),
  createSidecar: (backend, call) => backend.createSidecar(key, Buffer.from('x'), call),
  readSidecar: (backend, call) => backend.readSidecar(key, call),
  listSidecars: (backend, call) => backend.listSidecars(slot, call),
  deleteSidecar: (backend, call) => backend.deleteSidecar(key, call),
}
const writes = new Set(['create', 'replace', 'createSidecar'])

/** A location that never answers; it notes the signals it was given and the answers it owes. */
function hanging() {
  const signals: AbortSignal[] = []
  const answers: ((value: unknown) => void)[] = []
  const backend: Backend = { ...memoryBackend({ id: 'hanging' }) }
  for (const operation of Object.keys(calls))
    Object.defineProperty(backend, operation, {
      enumerable: true,
      value: (...input: { signal: AbortSignal }[]) => {
        signals.push(input.at(-1)!.signal)
        return new Promise((resolve) => answers.push(resolve))
      },
    })
  return { backend, signals, answers }
}

/** A body whose pieces come when `give` is called. */
function slowBody() {
  const waiting: ((piece: IteratorResult<Uint8Array, undefined>) => void)[] = []
  const state = { returned: 0 }
  const iterator = {
    next: () => new Promise<IteratorResult<Uint8Array, undefined>>((resolve) => waiting.push(resolve)),
    async return() {
      state.returned++
      return { done: true as const, value: undefined }
    },
  }
  const give = (text?: string) =>
    waiting.shift()!(
      text === undefined ? { done: true, value: undefined } : { done: false, value: Buffer.from(text) },
    )
  return { body: { [Symbol.asyncIterator]: () => iterator }, give, state }
}

function withBody(body: AsyncIterable<Uint8Array>) {
  const signals: (AbortSignal | undefined)[] = []
  const stat = { ...slot, digest: blob.digest, size: 2, attested: false, versionToken: '1' }
  const backend: Backend = {
    ...memoryBackend({ id: 'slow' }),
    read: async (_slot, call) => {
      signals.push(call?.signal)
      return { ...stat, body }
    },
  }
  return { backend, signals }
}

/** 'pending', or what became of a promise. */
async function stateOf(promise: Promise<unknown>): Promise<unknown> {
  let state: unknown = 'pending'
  promise.then(
    () => (state = 'fulfilled'),
    (error: unknown) => (state = error),
  )
  await turn()
  return state
}

describe('withTimeout', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
  afterEach(() => mock.timers.reset())

  for (const [operation, make] of Object.entries(calls))
    it(`ends ${operation} when its time is over, not before`, async () => {
      const { backend, signals } = hanging()
      const call = make(withTimeout(backend, { milliseconds: 500 }))
      expect(await stateOf(call)).to.equal('pending')
      mock.timers.tick(499)
      expect(await stateOf(call)).to.equal('pending')
      expect(signals[0]!.aborted).to.equal(false)
      mock.timers.tick(1)
      const error = await failureOf(call)
      expect(error).to.include({
        name: 'BackendError',
        code: writes.has(operation) ? 'OUTCOME_UNKNOWN' : 'UNREACHABLE',
        backend: 'hanging',
        operation,
        retryable: true,
      })
      expect(signals[0]!.reason).to.equal(error)
    })

  it('works on real timers', async () => {
    mock.timers.reset()
    const call = withTimeout(hanging().backend, { milliseconds: 1 }).stat(slot)
    expect(await failureOf(call)).to.include({ code: 'UNREACHABLE' })
  })

  it('forgets the time and the caller once there is an answer', async () => {
    const { signal } = new AbortController()
    const inner = memoryBackend({ id: 'memory' })
    const backend = withTimeout(inner, { milliseconds: 500 })
    const signals: (AbortSignal | undefined)[] = []
    inner.stat = async (_slot, call) => {
      signals.push(call?.signal)
      return undefined
    }
    await backend.stat(slot, { signal })
    await failureOf(backend.latest('not//a name', { signal }))
    await backend.read(slot, { signal })
    await calls.create(backend, { signal })
    await collect((await backend.read(slot, { signal }))!.body)
    expect(getEventListeners(signal, 'abort')).to.have.length(0)
    mock.timers.tick(10_000)
    expect(signals[0]!.aborted).to.equal(false)
  })

  for (const milliseconds of [0, -1, 1.5, Number.NaN, Infinity, 2 ** 31])
    it(`refuses ${milliseconds} milliseconds`, () => {
      const act = () => withTimeout(memoryBackend({ id: 'memory' }), { milliseconds })
      expect(act).to.throw(InputError).with.property('code', 'INVALID_ARGUMENT')
    })

  describe('a caller’s abort', () => {
    it('reaches the backend at once, with its reason', async () => {
      const reason = new Error('enough')
      const controller = new AbortController()
      const { backend, signals } = hanging()
      const call = withTimeout(backend, { milliseconds: 500 }).create(slot, blob, controller)
      expect(await stateOf(call)).to.equal('pending')
      controller.abort(reason)
      expect(signals[0]!.reason).to.equal(reason)
    })

    it('keeps its reason where the backend doesn’t heed it, and the time runs out', async () => {
      const reason = new Error('enough')
      const controller = new AbortController()
      const call = withTimeout(hanging().backend, { milliseconds: 500 }).create(slot, blob, controller)
      controller.abort(reason)
      expect(await stateOf(call)).to.equal('pending')
      mock.timers.tick(500)
      expect(await failureOf(call)).to.equal(reason)
    })
  })

  describe('the body of a read', () => {
    it('has the time anew for each piece, and all the time between them', async () => {
      const { body, give } = slowBody()
      const { backend, signals } = withBody(body)
      const { signal } = new AbortController()
      const stored = await withTimeout(backend, { milliseconds: 500 }).read(slot, { signal })
      mock.timers.tick(10_000)
      const pieces = stored!.body[Symbol.asyncIterator]()
      for (const text of ['a', 'b']) {
        const next = pieces.next()
        mock.timers.tick(499)
        give(text)
        expect(await next).to.deep.equal({ done: false, value: Buffer.from(text) })
        mock.timers.tick(10_000)
      }
      const last = pieces.next()
      give()
      expect((await last).done).to.equal(true)
      expect(signals[0]!.aborted).to.equal(false)
      expect(getEventListeners(signal, 'abort')).to.have.length(0)
    })

    it('that stands still is UNREACHABLE, and given up', async () => {
      const { body, give, state } = slowBody()
      const { backend, signals } = withBody(body)
      const { signal } = new AbortController()
      const stored = await withTimeout(backend, { milliseconds: 500 }).read(slot, { signal })
      const pieces = stored!.body[Symbol.asyncIterator]()
      const first = pieces.next()
      give('a')
      await first
      const second = pieces.next()
      expect(await stateOf(second)).to.equal('pending')
      mock.timers.tick(500)
      const error = await failureOf(second)
      expect(error).to.include({ code: 'UNREACHABLE', operation: 'read', retryable: true })
      expect(signals[0]!.reason).to.equal(error)
      expect(state.returned).to.equal(1)
      expect(getEventListeners(signal, 'abort')).to.have.length(0)
    })

    it('still ends with the caller’s signal', async () => {
      const reason = new Error('enough')
      const controller = new AbortController()
      const { backend, signals } = withBody(slowBody().body)
      const stored = await withTimeout(backend, { milliseconds: 500 }).read(slot, controller)
      controller.abort(reason)
      expect(signals[0]!.reason).to.equal(reason)
      await stored!.body[Symbol.asyncIterator]().return?.()
    })

    it('that is left before its first piece is left inside, too', async () => {
      const { body, state } = slowBody()
      const { signal } = new AbortController()
      const backend = withTimeout(withBody(body).backend, { milliseconds: 500 })
      const stored = await backend.read(slot, { signal })
      await stored!.body[Symbol.asyncIterator]().return?.()
      expect(state.returned).to.equal(1)
      expect(getEventListeners(signal, 'abort')).to.have.length(0)
    })

    it('that comes after its time is given up', async () => {
      const { body, state } = slowBody()
      const { backend, answers } = hanging()
      const call = withTimeout(backend, { milliseconds: 500 }).read(slot)
      expect(await stateOf(call)).to.equal('pending')
      mock.timers.tick(500)
      await failureOf(call)
      answers[0]!({ ...slot, digest: blob.digest, size: 1, attested: false, versionToken: '1', body })
      await turn()
      expect(state.returned).to.equal(1)
    })
  })
})
