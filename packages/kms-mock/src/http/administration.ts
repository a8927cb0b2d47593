import type { Audit } from '../audit.js'
import { decodeBody, jsonAnswer } from '../aws-json.js'
import type { AwsJsonRequest, JsonAnswer } from '../aws-json.js'
import { durationUnits } from '../clock.js'
import type { Clock, Duration } from '../clock.js'
import { KmsOptionError, validationError } from '../errors.js'
import { faultMatchOf, latencyOf, outageOf, serverFaultOf } from '../fault-match.js'
import type { Faults } from '../faults.js'
import { isFields } from '../is-fields.js'

/** What a test may do to a KMS from outside of the process. */
export interface Controls {
  clock: Clock
  faults: Faults
  calls: Audit
  reset(): Promise<void>
  save(): Promise<void>
}

type Document = Readonly<Record<string, unknown>>
type Route = (controls: Controls, body: Uint8Array) => JsonAnswer | Promise<JsonAnswer>

const refuse = (problem: string): never => {
  throw validationError(problem)
}

const fieldsOf = (value: unknown, what: string): Document =>
  isFields(value) ? value : refuse(`${what} is not an object.`)

/** An object that has no member but these; a misspelt one must not pass for an absent one. */
const documentOf = (value: unknown, what: string, names: readonly string[]): Document => {
  const fields = fieldsOf(value, what)
  const odd = Object.keys(fields).find((name) => !names.includes(name))
  return odd === undefined ? fields : refuse(`${what} takes ${names.join(', ')} alone.`)
}

const outageOfDocument = ({ region, down = true }: Document): ReturnType<typeof outageOf> =>
  outageOf(region, down)

const showClock = ({ clock }: Controls): JsonAnswer =>
  jsonAnswer(200, { now: new Date(clock.now()).toISOString() })

const durationOf = (value: unknown): Duration => {
  const duration = documentOf(value, 'advance', durationUnits)
  if (!Object.values(duration).every((span) => typeof span === 'number')) refuse('A span is a number.')
  return duration
}

const advanceClock: Route = (controls, body) => {
  const { advance } = documentOf(decodeBody(body), 'The body', ['advance'])
  try {
    controls.clock.advance(durationOf(advance))
  } catch (error) {
    if (error instanceof RangeError) refuse(error.message)
    throw error
  }
  // Acknowledged, it is to survive.
  return controls.save().then(() => showClock(controls))
}

const faultKinds: Readonly<Record<string, (faults: Faults, value: unknown) => void>> = {
  deny: (faults, value) => void faults.deny(faultMatchOf(value)),
  throttle: (faults, value) => void faults.throttle(faultMatchOf(value)),
  latency: (faults, value) => {
    const { milliseconds, ...match } = fieldsOf(value, 'latency')
    faults.latency(latencyOf(milliseconds), faultMatchOf(match))
  },
  fail: (faults, value) => {
    const { error, ...match } = fieldsOf(value, 'fail')
    faults.fail(serverFaultOf(error), faultMatchOf(match))
  },
  regionDown: (faults, value) => {
    const { region, down } = outageOfDocument(documentOf(value, 'regionDown', ['region', 'down']))
    faults.setRegionDown(region, down)
  },
}

const addFault: Route = ({ faults }, body) => {
  const document = documentOf(decodeBody(body), 'The body', Object.keys(faultKinds))
  const [[kind, value] = ['', undefined], ...others] = Object.entries(document)
  if (others.length > 0 || kind === '') refuse('One fault at a time.')
  try {
    faultKinds[kind]!(faults, value)
  } catch (error) {
    // Over HTTP, what can't be meant is AWS's kind of error.
    if (error instanceof KmsOptionError) refuse(error.message)
    throw error
  }
  return jsonAnswer(200, {})
}

const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['GET /health', () => jsonAnswer(200, { status: 'ok' })],
  ['POST /reset', (controls) => controls.reset().then(() => jsonAnswer(200, {}))],
  ['GET /clock', showClock],
  ['POST /clock', advanceClock],
  ['POST /faults', addFault],
  [
    'DELETE /faults',
    ({ faults }) => {
      faults.clear()
      return jsonAnswer(200, {})
    },
  ],
  ['GET /calls', ({ calls }) => jsonAnswer(200, { count: calls.count(), latest: calls.list().slice(-100) })],
])

const jsonPattern = /^application\/json[ \t]*(?:;|$)/i

/**
 * Answers a request for the administration (README, "Administration"); `undefined` for any other. AWS's own requests
 * all go to `/`, where none of this is.
 * @throws KmsError ValidationException, SerializationException
 */
export const administer = (
  { method, path, contentType, body }: AwsJsonRequest,
  controls: Controls,
): JsonAnswer | Promise<JsonAnswer> | undefined => {
  const route = path === '/' ? undefined : routes.get(`${method} ${path}`)
  if (route === undefined) return undefined
  // The media types of forms, and none at all, are what a page may POST anywhere without a preflight (Fetch, "CORS-safelisted").
  if (method === 'POST' && !jsonPattern.test(contentType ?? '')) refuse('Content-Type is application/json.')
  return route(controls, body)
}
