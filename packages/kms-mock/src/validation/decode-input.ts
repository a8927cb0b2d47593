import { KmsError } from '../errors.js'
import { isFields } from '../is-fields.js'
import type { Fields } from '../is-fields.js'
import { membersOf } from './members.js'
import type { MapShape, Shape, StructureShape } from './shape.js'

const fail = (problem: string): never => {
  // What was sent may be plaintext in the wrong place: it is never repeated.
  throw new KmsError('SerializationException', problem)
}

// A lone surrogate has no UTF-8: encoded, it would turn into another string, and two contexts into one.
const loneSurrogate = /\p{Surrogate}/u

const decodeString = (value: unknown, path: string): string => {
  if (typeof value !== 'string') return fail(`${path} is not a string`)
  return loneSurrogate.test(value) ? fail(`${path} is not well-formed Unicode`) : value
}

const base64Pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

const decodeBlob = (value: unknown, path: string): Uint8Array => {
  if (value instanceof Uint8Array) return value
  if (typeof value !== 'string') return fail(`${path} is not base64`)
  const bytes = Buffer.from(value, 'base64')
  // Node's decoder takes anything. What comes back as it was is base64; the pattern, slower, takes stray last bits too.
  return bytes.toString('base64') === value || base64Pattern.test(value)
    ? bytes
    : fail(`${path} is not base64`)
}

const isRecord = (value: unknown): value is Fields =>
  isFields(value) && !(value instanceof Uint8Array) && !(value instanceof Date)

// Without a prototype: a key named __proto__ is a key like any other.
const emptyRecord = (): Record<string, unknown> => ({ __proto__: null })

const decodeMap = (value: unknown, path: string, shape: MapShape): Record<string, unknown> => {
  if (!isRecord(value)) return fail(`${path} is not a map`)
  const decoded = emptyRecord()
  for (const key of Object.keys(value)) {
    const member = value[key]
    decoded[decodeString(key, `a key of ${path}`)] =
      member === null ? null : decodeShape(member, `a value of ${path}`, shape.value)
  }
  return decoded
}

/** AwsJson 1.1: seconds since the epoch, with a fraction or without. */
const decodeTimestamp = (value: unknown, path: string): Date => {
  const date = value instanceof Date ? value : new Date(typeof value === 'number' ? value * 1000 : Number.NaN)
  return Number.isNaN(date.getTime()) ? fail(`${path} is not a timestamp`) : date
}

const decodeStructure = (
  value: unknown,
  path: string,
  structure: StructureShape,
): Record<string, unknown> => {
  if (!isRecord(value)) return fail(`${path} is not a structure`)
  const decoded: Record<string, unknown> = {}
  for (const { name, shape } of membersOf(structure)) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined
    // AwsJson: an absent member and null are the same; members that the model lacks are ignored.
    if (given !== undefined && given !== null) decoded[name] = decodeShape(given, name, shape)
  }
  return decoded
}

type Decoders = {
  [T in Shape['type']]: (value: unknown, path: string, shape: Extract<Shape, { type: T }>) => unknown
}

const decoders: Decoders = {
  string: decodeString,
  blob: decodeBlob,
  integer: (value, path) =>
    Number.isInteger(value) && Math.abs(Number(value)) <= 0x7fff_ffff
      ? value
      : fail(`${path} is not an integer`),
  boolean: (value, path) => (typeof value === 'boolean' ? value : fail(`${path} is not a boolean`)),
  timestamp: decodeTimestamp,
  map: decodeMap,
  list: (value, path, { member }) =>
    Array.isArray(value)
      ? value.map((item: unknown) => (item === null ? null : decodeShape(item, path, member)))
      : fail(`${path} is not a list`),
  structure: decodeStructure,
}

// A table's row takes the shape that its own name selects; the compiler can't follow that.
const decodeShape = (value: unknown, path: string, shape: Shape): unknown =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  (decoders[shape.type] as (value: unknown, path: string, shape: Shape) => unknown)(value, path, shape)

/**
 * Turns what came over a transport, or from a caller in JavaScript, into values of the model's types.
 * Blobs may be bytes or base64.
 * @throws KmsError SerializationException when a value has the wrong type
 */
export const decodeInput = (input: unknown, shape: StructureShape): Record<string, unknown> =>
  decodeStructure(input, 'the input', shape)
