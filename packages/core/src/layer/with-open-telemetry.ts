import type { Attributes, Histogram, MeterProvider } from '@opentelemetry/api'
import type { Backend } from '../backend/backend.js'
import { layer, type BackendCall } from './layer.js'
import { observe, type BackendCallEnd } from './observe.js'
import { onlooker, type Onlooker } from './onlooker.js'

type Api = typeof import('@opentelemetry/api')

/** The name of tracer and meter. */
const scope = '@sealring/core'

/**
 * A span `sealring.backend.<operation>` for every call, active while the backend works, so that the spans of an AWS
 * SDK become its children; and the histogram `sealring.backend.duration` in seconds. Attributes: `sealring.location`,
 * `sealring.operation`, `sealring.outcome`, `error.type` (the error's code, or `_OTHER`); of spans also `sealring.name` and
 * `sealring.revision`. Never bytes, never messages. The span of a `read` ends with the answer, before the body.
 *
 * It needs the package `@opentelemetry/api`, which is looked for at the first call. Where it isn't installed, nothing is
 * loaded and calls are passed on as they are. Its failures break no call.
 */
export function withOpenTelemetry(backend: Backend): Backend {
  const look = onlooker(backend.id)
  const durations = durationsOf()
  let loading: Promise<Api | undefined> | undefined
  return layer(backend, async (call, signal, attempt) => {
    loading ??= load(look)
    const api = await loading
    if (!api) return attempt(signal)
    const span = look(() =>
      api.trace.getTracer(scope).startSpan(spanName(call), { attributes: spanStart(call) }),
    )
    const run = () =>
      observe(call, signal, attempt, (end) => {
        const attributes = endAttributes(end)
        look(() => {
          span?.setAttributes(attributes)
          if (end.outcome === 'failed') span?.setStatus({ code: api.SpanStatusCode.ERROR })
          span?.end()
        })
        look(() => durations(api).record(end.milliseconds / 1000, { ...about(call), ...attributes }))
      })
    return span ? api.context.with(api.trace.setSpan(api.context.active(), span), run) : run()
  })
}

/** What `import` says of a package that isn't there, and `require`, which it becomes in some bundles. */
const notFound = new Set<unknown>(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'])

/** The package; `undefined` where it isn't installed, or can't be loaded: then `look` tells. */
async function load(look: Onlooker): Promise<Api | undefined> {
  try {
    return await import('@opentelemetry/api')
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && notFound.has(error.code)
    return absent
      ? undefined
      : look(() => {
          throw error
        })
  }
}

/** The histogram of the meter provider that is set now: unlike a tracer, a meter that was had before stays mute. */
function durationsOf(): (api: Api) => Histogram {
  let known: { readonly provider: MeterProvider; readonly histogram: Histogram } | undefined
  return ({ metrics }) => {
    const provider = metrics.getMeterProvider()
    if (known?.provider !== provider) {
      const options = { unit: 's', description: 'Duration of calls to a location of a store.' }
      known = {
        provider,
        histogram: provider.getMeter(scope).createHistogram('sealring.backend.duration', options),
      }
    }
    return known.histogram
  }
}

const spanName = ({ operation }: BackendCall) => `sealring.backend.${operation}`

const about = ({ location, operation }: BackendCall): Attributes => ({
  'sealring.location': location,
  'sealring.operation': operation,
})

const spanStart = (call: BackendCall): Attributes => ({
  ...about(call),
  ...(call.name !== undefined && { 'sealring.name': call.name }),
  ...(call.revision !== undefined && { 'sealring.revision': call.revision }),
})

const endAttributes = ({ outcome, code }: BackendCallEnd): Attributes => ({
  'sealring.outcome': outcome,
  ...(outcome === 'failed' && { 'error.type': code ?? '_OTHER' }),
})
