import { counted, type DataKey } from './draft.js'
import { dataKeyFor, labelledBytes, type FuzzSuite } from './fuzz-suites.js'
import { rawAesEntry } from './raw-aes-entry.js'
import type { Context } from './reauthenticate.js'

export interface Form {
  readonly weight: number
  /** 0: unframed. */
  readonly frameLength: number
  /** Bytes of each frame, the last of which is the final one. */
  readonly pieces: readonly number[]
  /** Only format 1 allows it. */
  readonly randomIvs?: true
}

const forms = {
  'one frame': { weight: 4, frameLength: 16, pieces: [11] },
  frames: { weight: 8, frameLength: 8, pieces: [8, 8, 8, 5] },
  'full frames': { weight: 4, frameLength: 8, pieces: [8, 8] },
  'empty final frame': { weight: 4, frameLength: 8, pieces: [8, 8, 0] },
  nothing: { weight: 2, frameLength: 8, pieces: [0] },
  'longest frames': { weight: 2, frameLength: 0xffffffff, pieces: [10] },
  block: { weight: 5, frameLength: 0, pieces: [13] },
  'empty block': { weight: 2, frameLength: 0, pieces: [0] },
  'random IVs': { weight: 3, frameLength: 8, pieces: [8, 3], randomIvs: true },
  'long frames': { weight: 1, frameLength: 4096, pieces: [4096, 1000] },
  'long block': { weight: 1, frameLength: 0, pieces: [70_000] },
} as const satisfies Readonly<Record<string, Form>>

export interface ContextForm {
  readonly stored: Context
  readonly required?: Context
}

const contexts = {
  none: { stored: {} },
  one: { stored: { purpose: 'fuzz' } },
  several: { stored: { '': 'empty', a: '', b: '2', ключ: 'значение', '～': '1', '🔐': '2' } },
  reserved: { stored: JSON.parse('{"__proto__":"a","constructor":"b"}') },
  required: { stored: { purpose: 'fuzz' }, required: { a: 'first', tenant: 'acme' } },
  'all required': { stored: {}, required: { tenant: 'acme' } },
} as const satisfies Readonly<Record<string, ContextForm>>

type KeysForm = (suite: FuzzSuite, context: Buffer) => DataKey[]
const fixedEntry = (): DataKey => ({ fields: [counted('fixed'), counted('info'), counted('ciphertext')] })
const emptyEntry = (): DataKey => ({ fields: [counted('other'), counted(''), counted('')] })

const keys = {
  one: () => [fixedEntry()],
  three: () => [emptyEntry(), fixedEntry(), fixedEntry()],
  'raw AES': (suite, context) => [rawAesEntry(dataKeyFor(suite), 'first', context)],
  'raw AES behind others': (suite, context) => [
    fixedEntry(),
    rawAesEntry(labelledBytes('another data key', suite.keyLength), 'second', Buffer.from('another context')),
    rawAesEntry(dataKeyFor(suite), 'third', context),
  ],
} as const satisfies Readonly<Record<string, KeysForm>>

/** What each suite is written with: form, context, data keys. */
const rows: readonly (readonly [keyof typeof forms, keyof typeof contexts, keyof typeof keys])[] = [
  ['one frame', 'none', 'one'],
  ['one frame', 'one', 'raw AES'],
  ['one frame', 'required', 'raw AES behind others'],
  ['frames', 'one', 'one'],
  ['frames', 'several', 'three'],
  ['frames', 'one', 'raw AES'],
  ['full frames', 'reserved', 'three'],
  ['empty final frame', 'all required', 'one'],
  ['nothing', 'one', 'raw AES'],
  ['longest frames', 'none', 'three'],
  ['block', 'one', 'one'],
  ['block', 'required', 'raw AES'],
  ['empty block', 'none', 'one'],
  ['random IVs', 'one', 'one'],
  ['long frames', 'one', 'raw AES'],
  ['long block', 'none', 'one'],
]

export interface CorpusRow {
  readonly name: string
  readonly form: Form
  readonly context: ContextForm
  readonly dataKeys: KeysForm
}

export const corpusRows: readonly CorpusRow[] = rows.map((row) => ({
  name: row.join(', '),
  form: forms[row[0]],
  context: contexts[row[1]],
  dataKeys: keys[row[2]],
}))
