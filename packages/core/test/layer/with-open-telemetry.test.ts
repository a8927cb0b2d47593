import { context, metrics, SpanStatusCode, trace } from '@opentelemetry/api'
import { memoryBackend, sealedBlob, withOpenTelemetry } from '@sealring/core'
import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { faultyBackend, refusing } from '../store/faulty-backend.js'
import { failureOf } from './failure-of.js'
import { recordingTelemetry } from './recording-telemetry.js'
import { warningsDuring } from './warnings-during.js'

const slot = { name: 'traced', revision: 1 }
const blob = sealedBlob(Buffer.from('sealed bytes'))

describe('withOpenTelemetry', () => {
  let telemetry: ReturnType<typeof recordingTelemetry>
  beforeEach(() => {
    telemetry = recordingTelemetry()
  })
  afterEach(() => telemetry.stop())

  it('makes a span of each call, and a measurement', async () => {
    const backend = withOpenTelemetry(memoryBackend({ id: 'memory' }))
    await backend.create(slot, blob)
    await backend.names()
    const about = (operation: string) => ({ 'sealring.location': 'memory', 'sealring.operation': operation })
    const where = { 'sealring.name': slot.name, 'sealring.revision': 1 }
    expect(
      telemetry.spans.map(({ name, attributes, status, ended }) => [name, attributes, status, ended]),
    ).to.eql([
      [
        'sealring.backend.create',
        { ...about('create'), ...where, 'sealring.outcome': 'created' },
        undefined,
        1,
      ],
      ['sealring.backend.names', { ...about('names'), 'sealring.outcome': 'done' }, undefined, 1],
    ])
    for (const { value } of telemetry.measurements) expect(value).to.be.at.least(0).and.below(60)
    expect(telemetry.measurements.map(({ instrument, attributes }) => [instrument, attributes])).to.eql([
      ['sealring.backend.duration', { ...about('create'), 'sealring.outcome': 'created' }],
      ['sealring.backend.duration', { ...about('names'), 'sealring.outcome': 'done' }],
    ])
  })

  it('tells the code of a failure, which passes', async () => {
    const faulty = faultyBackend(memoryBackend({ id: 'memory' }))
    const backend = withOpenTelemetry(faulty.backend)
    faulty.inject(refusing('THROTTLED', { times: 1 }))
    expect(await failureOf(backend.stat(slot))).to.include({ code: 'THROTTLED' })
    faulty.inject({ times: 1, run: () => Promise.reject(new TypeError('secret')) })
    expect(await failureOf(backend.stat(slot))).to.be.instanceOf(TypeError)
    const signal = AbortSignal.abort(new Error('enough'))
    expect(await failureOf(backend.stat(slot, { signal }))).to.equal(signal.reason)
    const told = telemetry.spans.map(({ attributes, status, ended }) => [
      attributes['sealring.outcome'],
      attributes['error.type'],
      status,
      ended,
    ])
    expect(told).to.eql([
      ['failed', 'THROTTLED', { code: SpanStatusCode.ERROR }, 1],
      ['failed', '_OTHER', { code: SpanStatusCode.ERROR }, 1],
      ['aborted', undefined, undefined, 1],
    ])
    expect(telemetry.measurements.map(({ attributes }) => attributes?.['error.type'])).to.eql([
      'THROTTLED',
      '_OTHER',
      undefined,
    ])
  })

  it('is below the caller’s span, and above those of the backend', async () => {
    const inner = memoryBackend({ id: 'memory' })
    const seen: unknown[] = []
    const backend = withOpenTelemetry({
      ...inner,
      stat: async (...input) => {
        await Promise.resolve()
        seen.push(trace.getActiveSpan())
        return inner.stat(...input)
      },
    })
    const outer = telemetry.startSpan('outer')
    await context.with(trace.setSpan(context.active(), outer), () => backend.stat(slot))
    const [, span] = telemetry.spans
    expect(span!.parent).to.equal(outer)
    expect(seen).to.eql([span!.span])
  })

  it('breaks no call when tracer, meter or span throw', async () => {
    const fail = () => {
      throw new RangeError('secret')
    }
    telemetry.stop()
    metrics.setGlobalMeterProvider({ getMeter: fail })
    const backend = withOpenTelemetry(memoryBackend({ id: 'memory' }))
    const warnings = await warningsDuring(async () => {
      expect(await backend.create(slot, blob)).to.include({ outcome: 'created' })
      trace.setGlobalTracerProvider({ getTracer: fail })
      expect(await backend.stat(slot)).to.include({ digest: blob.digest })
      trace.disable()
      const span = { ...telemetry.startSpan('broken'), setAttributes: fail, end: fail }
      trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan: () => span, startActiveSpan: fail }) })
      expect(await backend.stat(slot)).to.include({ digest: blob.digest })
    })
    expect(warnings.map(({ code }) => code)).to.eql(['SEALRING_HOOK'])
  })

  it('hears of providers that are set after its first call', async () => {
    telemetry.stop()
    const backend = withOpenTelemetry(memoryBackend({ id: 'memory' }))
    await backend.create(slot, blob)
    telemetry = recordingTelemetry()
    await backend.stat(slot)
    expect(telemetry.spans.map(({ name }) => name)).to.eql(['sealring.backend.stat'])
    expect(telemetry.measurements).to.have.length(1)
  })
})
