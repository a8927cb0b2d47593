import { field, insist, number, take, utf8, type ReferenceReader } from './reference-reader.js'

export type ReferenceContext = ReadonlyMap<string, string>

function withLength(text: string): Buffer {
  const bytes = Buffer.from(text)
  insist(bytes.length <= 0xffff, 'context field too long')
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])
}

/** framework/structures.md#serialization: nothing for an empty context. */
export function serializeReferenceContext(context: ReferenceContext): Buffer {
  if (context.size === 0) return Buffer.alloc(0)
  const sorted = [...context].toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const count = Buffer.from([sorted.length >> 8, sorted.length & 255])
  return Buffer.concat([count, ...sorted.flat().map(withLength)])
}

/** data-format/message-header.md#aad: the length, and then exactly what `serializeReferenceContext` gives. */
export function readReferenceContext(reader: ReferenceReader): ReferenceContext {
  const serialized = field(reader)
  const context = new Map<string, string>()
  if (serialized.length === 0) return context
  const pairs: ReferenceReader = { message: serialized, position: 0 }
  const count = number(pairs, 2)
  insist(count > 0, 'empty context')
  for (let n = 0; n < count; n += 1) {
    const key = utf8(take(pairs, number(pairs, 2)))
    insist(!context.has(key), 'context key twice')
    context.set(key, utf8(take(pairs, number(pairs, 2))))
  }
  insist(pairs.position === serialized.length, 'context length')
  insist(serializeReferenceContext(context).equals(serialized), 'context order')
  return context
}
