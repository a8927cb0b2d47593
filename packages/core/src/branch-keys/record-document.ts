import type { BranchKeyRecord } from './branch-key-storage.js'

/** Records as they stand in a backend: JSON, the ciphertext in base64 as `enc`. */
export function serializeRecords(records: readonly BranchKeyRecord[]): Uint8Array {
  const documents = records.map(({ attributes, ciphertext }) => ({
    attributes,
    enc: Buffer.from(ciphertext).toString('base64'),
  }))
  return Buffer.from(JSON.stringify({ format: 1, records: documents }))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function parseRecord(document: unknown): BranchKeyRecord {
  if (!isObject(document)) throw new Error('A record is no object')
  const { attributes, enc }: { attributes?: unknown; enc?: unknown } = document
  if (!isObject(attributes) || typeof enc !== 'string') throw new Error('A record lacks a part')
  // No prototype: an attribute such as "__proto__" is one like any other.
  const texts: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value !== 'string') throw new Error('An attribute is no text')
    texts[name] = value
  }
  return { attributes: texts, ciphertext: Buffer.from(enc, 'base64') }
}

/** Throws an Error for anything else; it isn't authenticated here. */
export function parseRecords(bytes: Uint8Array): BranchKeyRecord[] {
  const document: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
  if (!isObject(document)) throw new Error('It is no object')
  const { format, records }: { format?: unknown; records?: unknown } = document
  if (format !== 1) throw new Error('It has another format')
  if (!Array.isArray(records)) throw new Error('It has no records')
  return records.map(parseRecord)
}
