import type { Corpus } from './corpus.js'
import { bytesOf, sdkRequest, withHeader } from './http-request.js'
import type { HttpRequest } from './http-request.js'
import { jsonText } from './json.js'
import type { Json, JsonObject } from './json.js'
import { mutateBytes } from './mutate-bytes.js'
import { mutateFraming, mutateHeaders } from './mutate-http.js'
import { mutateStructure } from './mutate-structure.js'
import { mutateValue } from './mutate-values.js'
import { caseRandom, pickWeighted } from './random.js'
import type { Random } from './random.js'

export interface FuzzCase {
  readonly number: number
  /** What the request was before it was changed. */
  readonly base: string
  readonly story: readonly string[]
  readonly request: HttpRequest
  readonly bytes: Buffer
  /** It went to the administration, or may have gone there. */
  readonly isAdministration: boolean
}

interface Kind {
  readonly weight: number
  readonly isTree: boolean
  /** How many changes: one of these. */
  readonly counts: readonly number[]
}
const kinds = {
  unchanged: { weight: 4, isTree: false, counts: [0] },
  value: { weight: 36, isTree: true, counts: [1, 1, 2, 3] },
  structure: { weight: 22, isTree: true, counts: [1, 1, 2, 4] },
  bytes: { weight: 16, isTree: false, counts: [1, 1, 2, 4] },
  headers: { weight: 10, isTree: false, counts: [1, 2] },
  framing: { weight: 12, isTree: false, counts: [1] },
} as const satisfies Record<string, Kind>
type KindName = keyof typeof kinds
const rows = Object.entries(kinds).map(([name, kind]) => ({
  ...kind,
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its own keys
  name: name as KindName,
}))

const administration: readonly (readonly [method: string, path: string, body: Json])[] = [
  ['GET', '/health', null],
  ['GET', '/clock', null],
  ['POST', '/clock', { advance: { hours: 1 } }],
  ['POST', '/faults', { deny: { operation: 'Encrypt', region: 'eu-west-1', times: 1 } }],
  ['POST', '/faults', { throttle: { accountId: '111122223333' } }],
  ['POST', '/faults', { latency: { milliseconds: 5 } }],
  ['POST', '/faults', { regionDown: { region: 'eu-west-1' } }],
  ['DELETE', '/faults', null],
  ['GET', '/calls', null],
]
const administrationShare = 1 / 200

const repeat = (random: Random, counts: readonly number[], change: () => string | undefined): string[] =>
  Array.from({ length: random.pick(counts) }, change).filter((what) => what !== undefined)

/** Made of a seed, a number and a corpus, and of nothing else. */
export const makeCase = (corpus: Corpus, seed: number, number: number): FuzzCase => {
  const random = caseRandom(seed, number)
  const kind = pickWeighted(random, rows)
  const isAdministration = random.chance(administrationShare)
  // Each operation as often as each other, on either transport.
  const row = corpus.operations[Math.floor(number / 2) % corpus.operations.length]!
  const { operation, input } = random.pick(row.entries)
  const [method, path, document] = random.pick(administration)

  const tree: JsonObject = structuredClone(input)
  const story: string[] = []
  const changeTree = (): string | undefined =>
    kind.name === 'value' ? mutateValue(random, operation, tree, corpus) : mutateStructure(random, tree)
  if (kind.isTree && !isAdministration) story.push(...repeat(random, kind.counts, changeTree))

  let request = sdkRequest(operation, tree)
  if (isAdministration) {
    const given: JsonObject = { body: structuredClone(document) }
    if (kind.isTree) story.push(...repeat(random, kind.counts, () => mutateStructure(random, given)))
    const body = Buffer.from(given['body'] === undefined ? '' : jsonText(given['body']))
    request = { ...withHeader(request, 'Content-Type', 'application/json'), method, path, body }
  }
  const operations = corpus.operations.map(({ name }) => name)
  story.push(
    ...repeat(random, kind.isTree ? [0] : kind.counts, () => {
      if (kind.name === 'bytes') {
        const [what, body] = mutateBytes(random, request.body)
        request = { ...request, body }
        return what
      }
      const [what, changed] =
        kind.name === 'headers' ? mutateHeaders(random, request, operations) : mutateFraming(random, request)
      request = changed
      return what
    }),
  )
  return {
    number,
    base: isAdministration ? `${method} ${path}` : operation,
    story: [kind.name, ...story],
    request,
    bytes: bytesOf(request),
    isAdministration: isAdministration || request.path !== '/',
  }
}
