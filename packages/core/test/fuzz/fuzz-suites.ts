import { createHmac, hkdfSync } from 'node:crypto'

/** What the fuzzer knows of a suite, of its own, to write messages (framework/algorithm-suites.md). */
export interface FuzzSuite {
  readonly id: number
  readonly format: 1 | 2
  readonly keyLength: 16 | 24 | 32
  readonly kdf?: 'sha256' | 'sha384' | 'sha512'
  readonly curve?: 'P-256' | 'P-384'
}

const rows: readonly FuzzSuite[] = [
  { id: 0x0014, format: 1, keyLength: 16 },
  { id: 0x0046, format: 1, keyLength: 24 },
  { id: 0x0078, format: 1, keyLength: 32 },
  { id: 0x0114, format: 1, keyLength: 16, kdf: 'sha256' },
  { id: 0x0146, format: 1, keyLength: 24, kdf: 'sha256' },
  { id: 0x0178, format: 1, keyLength: 32, kdf: 'sha256' },
  { id: 0x0214, format: 1, keyLength: 16, kdf: 'sha256', curve: 'P-256' },
  { id: 0x0346, format: 1, keyLength: 24, kdf: 'sha384', curve: 'P-384' },
  { id: 0x0378, format: 1, keyLength: 32, kdf: 'sha384', curve: 'P-384' },
  { id: 0x0478, format: 2, keyLength: 32, kdf: 'sha512' },
  { id: 0x0578, format: 2, keyLength: 32, kdf: 'sha512', curve: 'P-384' },
]

export const fuzzSuites: ReadonlyMap<number, FuzzSuite> = new Map(rows.map((row) => [row.id, row]))

export interface MessageKeys {
  readonly encryptionKey: Buffer
  readonly commitKey: Buffer
}

function derive({ id, format, keyLength, kdf }: FuzzSuite, dataKey: Buffer, messageId: Buffer): MessageKeys {
  if (kdf === undefined) return { encryptionKey: dataKey, commitKey: Buffer.alloc(0) }
  const suiteId = Buffer.from([id >> 8, id & 0xff])
  if (format === 1) {
    const info = Buffer.concat([suiteId, messageId])
    const key = hkdfSync(kdf, dataKey, new Uint8Array(0), info, keyLength)
    return { encryptionKey: Buffer.from(key), commitKey: Buffer.alloc(0) }
  }
  const info = Buffer.concat([suiteId, Buffer.from('DERIVEKEY')])
  return {
    encryptionKey: Buffer.from(hkdfSync(kdf, dataKey, messageId, info, keyLength)),
    commitKey: Buffer.from(hkdfSync(kdf, dataKey, messageId, 'COMMITKEY', 32)),
  }
}

const known = new Map<string, MessageKeys>()
const maxKnown = 4096

/** The keys of a message whose data key is `dataKey`. Most cases keep a message id of the corpus: remembered. */
export function messageKeys(suite: FuzzSuite, dataKey: Buffer, messageId: Buffer): MessageKeys {
  const name = `${suite.id} ${messageId.toString('latin1')}`
  let keys = known.get(name)
  if (keys === undefined) {
    if (known.size >= maxKnown) known.clear()
    known.set(name, (keys = derive(suite, dataKey, messageId)))
  }
  return keys
}

/** The same bytes for the same label, every time. */
export function labelledBytes(label: string, length: number): Buffer {
  const block = (n: number) => createHmac('sha512', 'sealring fuzz').update(`${label} ${n}`).digest()
  return Buffer.concat(Array.from({ length: Math.ceil(length / 64) }, (_, n) => block(n))).subarray(0, length)
}

const dataKeys = {
  16: labelledBytes('data key 16', 16),
  24: labelledBytes('data key 24', 24),
  32: labelledBytes('data key 32', 32),
} as const

/** The one data key of all messages of a key length, so that pieces of one message are tried in another. */
export function dataKeyFor({ keyLength }: Pick<FuzzSuite, 'keyLength'>): Buffer {
  return dataKeys[keyLength]
}
