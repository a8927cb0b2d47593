import { readReferenceContext, type ReferenceContext } from './reference-context.js'
import { field, insist, number, take, utf8, type ReferenceReader } from './reference-reader.js'
import { referenceSuite, type ReferenceSuite } from './reference-suites.js'

export interface ReferenceDataKeyEntry {
  readonly providerId: string
  readonly info: Uint8Array
  readonly ciphertext: Uint8Array
}

export interface ReferenceHeader {
  readonly suite: ReferenceSuite
  readonly messageId: Uint8Array
  readonly context: ReferenceContext
  readonly dataKeys: readonly ReferenceDataKeyEntry[]
  readonly contentType: 'framed' | 'unframed'
  readonly frameLength: number
  /** Empty in format 1. */
  readonly commitKey: Uint8Array
  /** What the tag is over, first part: everything up to IV and tag. */
  readonly body: Uint8Array
  readonly iv: Uint8Array
  readonly tag: Uint8Array
}

function readDataKeys(reader: ReferenceReader): ReferenceDataKeyEntry[] {
  const count = number(reader, 2)
  insist(count > 0, 'no data keys')
  const entries: ReferenceDataKeyEntry[] = []
  for (let n = 0; n < count; n += 1) {
    const providerId = utf8(field(reader))
    const info = field(reader)
    const ciphertext = field(reader)
    entries.push({ providerId, info, ciphertext })
  }
  return entries
}

/** data-format/message-header.md, both versions, field after field. */
export function readReferenceHeader(reader: ReferenceReader): ReferenceHeader {
  const start = reader.position
  const version = number(reader, 1)
  insist(version === 1 || version === 2, 'version')
  if (version === 1) insist(number(reader, 1) === 0x80, 'type')
  const suite = referenceSuite(number(reader, 2))
  insist(suite.format === version, 'suite of the other format')
  const messageId = take(reader, version === 1 ? 16 : 32)
  const context = readReferenceContext(reader)
  const dataKeys = readDataKeys(reader)
  const type = number(reader, 1)
  insist(type === 1 || type === 2, 'content type')
  const contentType = type === 1 ? 'unframed' : 'framed'
  if (version === 1) {
    insist(number(reader, 4) === 0, 'reserved bytes')
    insist(number(reader, 1) === 12, 'IV length')
  }
  const frameLength = number(reader, 4)
  insist((frameLength === 0) === (contentType === 'unframed'), 'frame length')
  const commitKey = take(reader, version === 1 ? 0 : 32)
  const body = reader.message.slice(start, reader.position)
  const iv = version === 1 ? take(reader, 12) : new Uint8Array(12)
  const tag = take(reader, 16)
  return { suite, messageId, context, dataKeys, contentType, frameLength, commitKey, body, iv, tag }
}
