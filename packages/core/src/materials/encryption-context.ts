import { isUtf8 } from 'node:buffer'
import { EnvelopeError, InputError } from '../errors.js'
import { byteReader, readField, readUint16 } from './byte-reader.js'

/** Public, authenticated pairs of strings (framework/structures.md#encryption-context). */
export type EncryptionContext = Readonly<Record<string, string>>

/** Keys with this prefix belong to the SDK (client-apis/encrypt.md#encryption-context). */
export const reservedContextPrefix = 'aws-crypto-'
/** Where a signed message carries its public key (framework/default-cmm.md). */
export const publicKeyContextKey = 'aws-crypto-public-key'

const maxUint16 = 0xffff
/** Found in text that UTF-8 can't say. */
export const loneSurrogate = /\p{Surrogate}/u

/** Also of another realm. A Map, a promise or another object of a class would count as no pairs at all. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Throws INVALID_CONTEXT unless these are pairs of well-formed strings. */
export function checkContext(context: unknown): asserts context is EncryptionContext {
  if (!isPlainObject(context)) {
    throw new InputError('INVALID_CONTEXT', 'The encryption context must be an object of strings')
  }
  for (const [key, value] of Object.entries(context)) {
    if (typeof value !== 'string') {
      throw new InputError('INVALID_CONTEXT', 'Every value of the encryption context must be a string')
    }
    // They would all become U+FFFD, so that different contexts had one serialization.
    if (loneSurrogate.test(key) || loneSurrogate.test(value)) {
      throw new InputError('INVALID_CONTEXT', 'The encryption context holds a lone surrogate')
    }
  }
}

/** Throws INVALID_CONTEXT unless a caller may seal with these pairs. */
export function checkCallerContext(context: unknown): asserts context is EncryptionContext {
  checkContext(context)
  if (Object.keys(context).some((key) => key.startsWith(reservedContextPrefix))) {
    throw new InputError('INVALID_CONTEXT', `Context keys may not start with "${reservedContextPrefix}"`)
  }
}

function serializedField(text: string): Buffer {
  const length = Buffer.byteLength(text)
  if (length > maxUint16) {
    throw new InputError('INVALID_CONTEXT', 'A key or value of the encryption context exceeds 65,535 bytes')
  }
  const field = Buffer.allocUnsafe(2 + length)
  field.writeUInt16BE(length, 0)
  field.write(text, 2)
  return field
}

type SerializedPair = readonly Buffer[]

function byKeyBytes(a: SerializedPair, b: SerializedPair): number {
  return Buffer.compare(a[0]!.subarray(2), b[0]!.subarray(2))
}

/** A copy that nobody can change. Throws INVALID_CONTEXT. */
export function copyContext(context: EncryptionContext | undefined): EncryptionContext | undefined {
  if (context === undefined) return undefined
  checkContext(context)
  return Object.freeze({ ...context })
}

const nothing = Buffer.alloc(0)

function joined(pairs: readonly SerializedPair[]): Buffer {
  if (pairs.length === 0) return nothing
  const count = Buffer.allocUnsafe(2)
  // More pairs than 16 bits count would be far longer than the 65,535 bytes checked below.
  count.writeUInt16BE(pairs.length & maxUint16, 0)
  const serialized = Buffer.concat([count, ...pairs.flat()])
  if (serialized.length > maxUint16) {
    throw new InputError('INVALID_CONTEXT', 'The encryption context exceeds 65,535 bytes')
  }
  return serialized
}

/**
 * The pairs sorted by the bytes of their UTF-8 keys, nothing when there are none
 * (framework/structures.md#serialization). Throws INVALID_CONTEXT when they do not fit the format.
 */
export function serializeContext(context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).map((entry) => entry.map(serializedField))
  return joined(pairs.length > 1 ? pairs.toSorted(byKeyBytes) : pairs)
}

/** In the order of the keys under the locale, as AWS's raw AES keyring for JavaScript has it by default. */
export function serializeContextByLocale(context: EncryptionContext): Buffer {
  const entries = Object.entries(context).toSorted(([a], [b]) => a.localeCompare(b))
  return joined(entries.map((entry) => entry.map(serializedField)))
}

/** The serialized pairs of `keys` alone: what is authenticated without being stored. */
export function authenticatedContext(context: EncryptionContext, keys: readonly string[]): Buffer {
  if (keys.length === 0) return nothing
  return serializeContext(Object.fromEntries(Object.entries(context).filter(([key]) => keys.includes(key))))
}

/** The serialized pairs that a header stores: all but those of `requiredKeys`. */
export function storedContext(context: EncryptionContext, requiredKeys: readonly string[]): Buffer {
  if (requiredKeys.length === 0) return serializeContext(context)
  return serializeContext(
    Object.fromEntries(Object.entries(context).filter(([key]) => !requiredKeys.includes(key))),
  )
}

function notCanonical(what: string): EnvelopeError {
  return new EnvelopeError('MESSAGE_NOT_CANONICAL', `The encryption context ${what}`)
}

function text(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw notCanonical('is not UTF-8')
  return bytes.toString('utf8')
}

/**
 * Reads what `serializeContext` writes and nothing else: duplicates, other orders, bytes left over or missing are
 * MESSAGE_NOT_CANONICAL. With `unsorted`, any order is taken: client-node before 4.1 wrote locale order.
 */
export function parseContext(serialized: Buffer, options: { unsorted: boolean }): EncryptionContext {
  // No prototype: a key such as "__proto__" is a key like any other.
  const context: Record<string, string> = Object.create(null)
  if (serialized.length === 0) return Object.freeze(context)
  const reader = byteReader(serialized, serialized.length)
  try {
    const count = readUint16(reader, 'the encryption context')
    if (count === 0) throw notCanonical('is empty but present')
    let previous: Buffer | undefined
    for (let n = 0; n < count; n += 1) {
      const key = readField(reader, 'the encryption context')
      const name = text(key)
      if (name in context) throw notCanonical('has a key twice')
      if (!options.unsorted && previous !== undefined && Buffer.compare(previous, key) >= 0) {
        throw notCanonical('is not sorted by key (acceptUnsortedContext reads it all the same)')
      }
      context[name] = text(readField(reader, 'the encryption context'))
      previous = key
    }
  } catch (error) {
    if (error instanceof EnvelopeError && error.code === 'MESSAGE_TRUNCATED') {
      throw new EnvelopeError('MESSAGE_NOT_CANONICAL', 'The encryption context exceeds its own length', {
        cause: error,
      })
    }
    throw error
  }
  if (reader.offset !== reader.end) throw notCanonical('does not fill its length')
  return Object.freeze(context)
}
