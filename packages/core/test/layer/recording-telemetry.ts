import { AsyncLocalStorage } from 'node:async_hooks'
import {
  context,
  createNoopMeter,
  metrics,
  ROOT_CONTEXT,
  trace,
  type Attributes,
  type Context,
  type Span,
  type SpanStatus,
} from '@opentelemetry/api'

export interface RecordedSpan {
  readonly name: string
  readonly parent: Span | undefined
  readonly attributes: Attributes
  status?: SpanStatus
  ended: number
  readonly span: Span
}

export interface Measurement {
  readonly instrument: string
  readonly value: number
  readonly attributes: Attributes | undefined
}

/** Real providers behind the real API, that keep what they are told. `stop` removes them. */
export function recordingTelemetry() {
  const spans: RecordedSpan[] = []
  const measurements: Measurement[] = []
  const storage = new AsyncLocalStorage<Context>()

  function startSpan(
    name: string,
    options: { attributes?: Attributes } = {},
    within = context.active(),
  ): Span {
    const span: Span = {
      spanContext: () => ({ traceId: '1'.repeat(32), spanId: '1'.repeat(16), traceFlags: 1 }),
      setAttribute: (key, value) => span.setAttributes({ [key]: value }),
      setAttributes: (attributes) => {
        Object.assign(recorded.attributes, attributes)
        return span
      },
      addEvent: () => span,
      addLink: () => span,
      addLinks: () => span,
      setStatus: (status) => {
        recorded.status = status
        return span
      },
      updateName: () => span,
      end: () => void recorded.ended++,
      isRecording: () => recorded.ended === 0,
      recordException: () => {
        throw new Error('Exceptions have messages, and nobody knows what these hold.')
      },
    }
    const attributes = { ...options.attributes }
    const recorded: RecordedSpan = { name, parent: trace.getSpan(within), attributes, ended: 0, span }
    spans.push(recorded)
    return span
  }

  context.setGlobalContextManager({
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, run, self, ...input) => storage.run(active, () => run.call(self!, ...input)),
    bind: (_active, target) => target,
    enable() {
      return this
    },
    disable() {
      return this
    },
  })
  trace.setGlobalTracerProvider({
    getTracer: () => ({
      startSpan,
      startActiveSpan: () => {
        throw new Error('Not used.')
      },
    }),
  })
  metrics.setGlobalMeterProvider({
    getMeter: () => ({
      ...createNoopMeter(),
      createHistogram: (instrument) => ({
        record: (value, attributes) => void measurements.push({ instrument, value, attributes }),
      }),
    }),
  })
  return {
    spans,
    measurements,
    startSpan,
    stop() {
      context.disable()
      trace.disable()
      metrics.disable()
    },
  }
}
