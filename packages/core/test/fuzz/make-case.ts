import type { CorpusEntry } from './corpus.js'
import { copyDraft, serializeDraft } from './draft.js'
import { bodyMutations } from './mutate-body.js'
import { byteMutations } from './mutate-bytes.js'
import { footerForms, spoilFooter } from './mutate-footer.js'
import { headerMutations } from './mutate-header.js'
import { caseRandom, weighted, type Random } from './random.js'
import { reauthenticate, type Context, type Parts } from './reauthenticate.js'

export interface FuzzCase {
  readonly number: number
  readonly base: CorpusEntry
  readonly message: Buffer
  /** What the caller says of the encryption context. */
  readonly reproduced: Context | undefined
  /** What was done to the message, in order. */
  readonly story: readonly string[]
  /** Tags or signatures were made with the keys: it may be authentic, and another message than those of the corpus. */
  readonly reauthenticated: boolean
  /** For everything else that is chosen for this case. */
  readonly random: Random
}

const header = { dataKeys: true, commitment: true, header: true }
const reauthentications: readonly {
  readonly name: string
  readonly weight: number
  readonly parts?: Parts
}[] = [
  { name: 'nothing', weight: 35 },
  { name: 'the header', weight: 18, parts: header },
  { name: 'the header tag alone', weight: 4, parts: { header: true } },
  { name: 'header and body', weight: 16, parts: { ...header, pieces: true } },
  { name: 'the body', weight: 5, parts: { pieces: true } },
  { name: 'everything', weight: 22, parts: { ...header, pieces: true, signature: true } },
]
const pickReauthentication = weighted(reauthentications)
const pickDraftMutation = weighted([...headerMutations, ...bodyMutations])
const pickByteMutation = weighted(byteMutations)

const extraPair = { extra: 'pair' }

/** Ways to reproduce another context than the message needs. */
const reproductions: readonly ((right: Context, stored: Context, random: Random) => Context | undefined)[] = [
  () => undefined,
  () => ({}),
  (right) => ({ ...right, ...extraPair }),
  (right) => Object.fromEntries(Object.keys(right).map((key) => [key, 'another value'])),
  (right) => Object.fromEntries(Object.entries(right).slice(1)),
  (right, stored) => ({ ...stored, ...right }),
  (right, stored) => ({ ...right, ...Object.fromEntries(Object.keys(stored).map((key) => [key, 'x'])) }),
  (right) => ({ ...right, 'aws-crypto-public-key': 'AAAA' }),
  (right) => ({ ...right, lone: '\ud800' }),
]

function storedContext({ draft }: CorpusEntry): Context {
  return Object.fromEntries(
    draft.pairs.map(({ key, value }) => [key.bytes.toString(), value.bytes.toString()]),
  )
}

function chooseReproduced(base: CorpusEntry, random: Random): Context | undefined {
  if (random.chance(base.reproduced === undefined ? 0.9 : 0.7)) return base.reproduced
  return random.pick(reproductions)(base.reproduced ?? {}, storedContext(base), random)
}

interface Mutated {
  readonly message: Buffer
  /** With the keys. */
  readonly sealed: boolean
}

function mutateDraft(base: CorpusEntry, other: CorpusEntry, random: Random, story: string[]): Mutated {
  const draft = copyDraft(base.draft)
  let sealed = false
  const count = random.pick([1, 1, 1, 2, 2, 3])
  for (let n = 0; n < count; n += 1) {
    const { name, seals = false, apply } = pickDraftMutation(random)
    story.push(name)
    apply(draft, random, other.draft)
    sealed ||= seals
  }
  return { message: serializeDraft(draft), sealed }
}

function mutateBytes(given: Buffer, other: CorpusEntry, random: Random, story: string[]): Buffer {
  const { name, apply } = pickByteMutation(random)
  story.push(name)
  return apply(given, random, other.message)
}

function mutateFooter(given: Buffer, random: Random, story: string[]): Buffer {
  const form = random.pick(footerForms)
  story.push(`signature: ${form}`)
  return spoilFooter(given, random, form)
}

/** Case `number` of a seed: always the same. */
export function makeCase(pickEntry: (random: Random) => CorpusEntry, seed: number, number: number): FuzzCase {
  const random = caseRandom(seed, number)
  const base = pickEntry(random)
  const other = pickEntry(random)
  const reproduced = chooseReproduced(base, random)
  const story: string[] = []
  let { message } = base
  let reauthenticated = false
  // One in a hundred stays as it is: it must open everywhere.
  if (random.chance(0.99)) {
    if (random.chance(0.75)) {
      const mutated = mutateDraft(base, other, random, story)
      message = mutated.message
      reauthenticated = mutated.sealed
    }
    if (random.chance(0.3)) message = mutateBytes(message, other, random, story)
    const { name, parts } = pickReauthentication(random)
    if (parts !== undefined && story.length > 0) {
      reauthenticated = true
      story.push(`made authentic: ${name}`)
      message = reauthenticate(message, parts, random.chance(0.8) ? reproduced : base.reproduced)
    }
    if (base.suite.curve !== undefined && random.chance(0.25)) {
      reauthenticated = true
      message = mutateFooter(message, random, story)
    }
    if (story.length === 0 || random.chance(0.15)) message = mutateBytes(message, other, random, story)
  }
  return { number, base, message, reproduced, story, reauthenticated, random }
}
