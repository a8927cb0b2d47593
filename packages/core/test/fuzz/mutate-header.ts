import { copyDataKey, copyPair, counted, pair, type Counted, type DataKey, type Draft } from './draft.js'
import { dataKeyFor, fuzzSuites, messageKeys } from './fuzz-suites.js'
import { editList, hostileText, spoilBytes, type DraftMutation } from './mutation.js'
import { hostileNumber, type Random } from './random.js'

const suiteIds = [...fuzzSuites.keys()]

function spoilCounted(field: Counted, random: Random): void {
  if (random.chance(0.4)) field.length = hostileNumber(random, 16, field.bytes.length)
  else field.bytes = random.chance(0.5) ? spoilBytes(field.bytes, random) : hostileText(random)
}

const byKey = (a: Draft['pairs'][number], b: Draft['pairs'][number]) =>
  Buffer.compare(a.key.bytes, b.key.bytes)

/** Sorted or not: both must be seen by the parser. */
function perhapsSort({ pairs }: Draft, random: Random): void {
  if (random.chance(0.5)) pairs.sort(byKey)
}

function makeDataKey(random: Random): DataKey {
  return { fields: [counted(hostileText(random)), counted(random.bytes(30)), counted(random.bytes(48))] }
}

export const headerMutations: readonly DraftMutation[] = [
  {
    name: 'version',
    weight: 2,
    apply: (draft, random) => void (draft.version = random.pick([0, 1, 2, 3, 0x41, random.index(256)])),
  },
  {
    name: 'type',
    weight: 2,
    apply(draft, random) {
      if (random.chance(0.2)) delete draft.type
      else draft.type = random.pick([0x80, 0, 0x81, 0xff, random.index(256)])
    },
  },
  {
    name: 'suite id',
    weight: 4,
    apply: (draft, random) =>
      void (draft.suiteId = random.chance(0.6)
        ? random.pick(suiteIds)
        : hostileNumber(random, 16, draft.suiteId)),
  },
  {
    // Version, type, middle and commit key of the other format too, so that the parser goes on.
    name: 'suite, coherently',
    weight: 4,
    apply(draft, random, other) {
      const { suite, version, suiteId, messageId, middle, commitKey, headerIv, signature } = other
      Object.assign(draft, { suite, version, suiteId, messageId, middle, commitKey, headerIv })
      if (other.type === undefined) delete draft.type
      else draft.type = other.type
      if (signature === undefined) delete draft.signature
      else draft.signature = { ...signature }
      if (random.chance(0.5)) draft.pairs = other.pairs.map(copyPair)
    },
  },
  {
    name: 'message id',
    weight: 2,
    apply(draft, random, other) {
      draft.messageId = random.chance(0.3) ? other.messageId : spoilBytes(draft.messageId, random)
    },
  },
  {
    name: 'context length',
    weight: 4,
    apply(draft, random) {
      const actual = draft.pairs.reduce(
        (sum, { key, value }) => sum + 4 + key.bytes.length + value.bytes.length,
        2,
      )
      draft.contextLength = hostileNumber(random, 16, draft.pairs.length === 0 ? 0 : actual)
    },
  },
  {
    name: 'pair count',
    weight: 4,
    apply: (draft, random) => void (draft.pairCount = hostileNumber(random, 16, draft.pairs.length)),
  },
  {
    name: 'pairs',
    weight: 8,
    apply(draft, random, other) {
      const make = () => pair(hostileText(random), hostileText(random))
      editList(draft.pairs, random, copyPair, make, other.pairs)
      perhapsSort(draft, random)
    },
  },
  {
    name: 'a pair',
    weight: 6,
    apply(draft, random) {
      const { key, value } = random.pick(draft.pairs) ?? {}
      const field = random.chance(0.5) ? key : value
      if (field !== undefined) spoilCounted(field, random)
      perhapsSort(draft, random)
    },
  },
  {
    name: 'data key count',
    weight: 4,
    apply: (draft, random) => void (draft.dataKeyCount = hostileNumber(random, 16, draft.dataKeys.length)),
  },
  {
    name: 'data keys',
    weight: 6,
    apply: (draft, random, other) =>
      editList(draft.dataKeys, random, copyDataKey, () => makeDataKey(random), other.dataKeys),
  },
  {
    name: 'very many data keys',
    weight: 1,
    apply(draft, random) {
      const { dataKeys } = draft
      const count = random.pick([200, 255, 256, 257, 400])
      while (dataKeys.length > 0 && dataKeys.length < count) dataKeys.push(copyDataKey(dataKeys[0]!))
    },
  },
  {
    name: 'a data key',
    weight: 6,
    apply(draft, random) {
      const { fields } = random.pick(draft.dataKeys) ?? { fields: [] }
      const field = random.pick(fields)
      if (field === undefined) return
      if (random.chance(0.1)) fields.splice(fields.indexOf(field), 1)
      else spoilCounted(field, random)
    },
  },
  {
    name: 'content type',
    weight: 3,
    apply: (draft, random) => void (draft.contentType = random.pick([0, 1, 2, 3, 0xff, random.index(256)])),
  },
  {
    name: 'reserved bytes and IV length',
    weight: 2,
    apply: (draft, random) =>
      void (draft.middle = random.chance(0.5)
        ? Buffer.from([0, 0, 0, 0, random.index(256)])
        : spoilBytes(draft.middle, random)),
  },
  {
    name: 'frame length',
    weight: 5,
    apply(draft, random) {
      const lengths = draft.pieces.map(({ ciphertext }) => ciphertext.length)
      draft.frameLength = random.chance(0.3)
        ? Math.max(0, random.pick([...lengths, 0]) + random.between(-1, 1))
        : hostileNumber(random, 32, draft.frameLength)
    },
  },
  {
    name: 'commit key',
    weight: 2,
    apply(draft, random, other) {
      const foreign = messageKeys(draft.suite, dataKeyFor(draft.suite), other.messageId).commitKey
      draft.commitKey = random.chance(0.3) ? foreign : spoilBytes(draft.commitKey, random)
    },
  },
  {
    name: 'header IV',
    weight: 2,
    apply: (draft, random) => void (draft.headerIv = spoilBytes(draft.headerIv, random)),
  },
  {
    name: 'header tag',
    weight: 3,
    apply(draft, random, other) {
      draft.headerTag = random.chance(0.2) ? other.headerTag : spoilBytes(draft.headerTag, random)
    },
  },
]
