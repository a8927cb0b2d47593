import * as shapes from '#src/model/shapes.generated.js'
import { inputs } from '#src/model/inputs.generated.js'
import type { OperationName } from '#src/model/input.js'
import type { BlobShape, IntegerShape, Shape, StringShape } from '#src/validation/shape.js'
import { sampleOf, stringOf } from '../support/shape-values.js'
import type { Corpus } from './corpus.js'
import { isObject, put, rawToken, toWire } from './json.js'
import type { Json, JsonObject } from './json.js'
import type { Random } from './random.js'

const enumValues = [
  ...new Set(
    Object.values<Shape>(shapes).flatMap((shape) => (shape.type === 'string' ? (shape.values ?? []) : [])),
  ),
]

const oddStrings = [
  '',
  ' ',
  '\0',
  'null',
  '*',
  '../../etc/passwd',
  '%s%n',
  '\u202e',
  'e\u0301',
  '🌍',
  'a\nb',
  '\ud800',
  '\udfff\0',
  '__proto__',
  'alias/',
  'alias/nowhere',
  'alias/aws/s3',
  'alias//',
  '1234abcd-12ab-34cd-56ef-1234567890ab',
  'mrk-1234abcd12ab34cd56ef1234567890ab',
  'arn:',
  'arn:aws:kms:us-east-1:111122223333:key/',
  'arn:aws:kms:us-east-1:111122223333:alias/nowhere',
  'arn:aws:s3:::bucket',
  'arn:aws-cn:kms:cn-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  '{"Version":"2012-10-17","Statement":[]}',
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}}',
  '{"Statement":null}',
  '[]',
  '{',
]

/** An identifier of something else: another region's, another account's, another form of it. */
const twisted = (random: Random, text: string): string =>
  random.pick<(given: string) => string>([
    (given) => given.replace('us-east-1', random.pick(['eu-west-1', 'cn-north-1', '', 'us-east-1 '])),
    (given) => given.replace('111122223333', random.pick(['444455556666', '', '11112222333'])),
    (given) => given.replace('arn:aws:', random.pick(['arn:aws-cn:', 'arn::', 'ARN:aws:'])),
    (given) => given.slice(given.lastIndexOf('/') + 1),
    (given) => `alias/${given}`,
    (given) => given.toUpperCase(),
    (given) => given.slice(0, random.index(given.length + 1)),
    (given) => `${given}${random.pick([' ', '\n', '/', 'x', '\0'])}`,
  ])(text)

const lengths = ({ min = 0, max = 300 }: { min?: number; max?: number }): number[] =>
  [0, min - 1, min, min + 1, max - 1, max, max + 1, max * 2].filter((length) => length >= 0)

const stringValue = (random: Random, shape: StringShape, corpus: Corpus): Json =>
  random.pick<() => Json>([
    () => random.pick([...(shape.values ?? []), ...enumValues]),
    () => random.pick(shape.values ?? corpus.strings),
    () => random.pick(corpus.strings),
    () => random.pick(corpus.strings),
    () => twisted(random, random.pick(corpus.strings)),
    () => random.pick(oddStrings),
    () => {
      const length = random.pick(lengths(shape))
      return stringOf(Math.min(length, 200_000), shape.pattern) ?? 'a'.repeat(length)
    },
    // Slow, if any pattern goes back and forth.
    () =>
      random.pick(['a', 'a-', 'a.', '0', '/', ' ']).repeat(random.pick([30, 5000])) +
      random.pick(['!', '\n', '']),
  ])()

const flipped = (random: Random, bytes: Buffer): Buffer => {
  if (bytes.length > 0) bytes[random.index(bytes.length)]! ^= 1 << random.index(8)
  return bytes
}

const blobValue = (random: Random, shape: BlobShape, corpus: Corpus, given: Json | undefined): Json => {
  const own = typeof given === 'string' ? given : random.pick(corpus.blobs)
  const bytes = Buffer.from(own, 'base64')
  const encode = (value: Uint8Array): string => Buffer.from(value).toString('base64')
  return random.pick<() => Json>([
    () => encode(flipped(random, bytes)),
    () => encode(flipped(random, bytes)),
    () => encode(bytes.subarray(0, random.index(bytes.length + 1))),
    () => encode(Buffer.concat([bytes, random.bytes(1 + random.index(20))])),
    () => encode(random.bytes(random.index(200))),
    () => encode(Buffer.alloc(random.pick(lengths({ ...shape, max: Math.min(shape.max ?? 300, 20_000) })))),
    () => random.pick(corpus.blobs),
    () => random.pick(corpus.blobs),
    () => own.slice(1),
    () => `${own}=`,
    () => `${own} `,
    () => own.replaceAll(/[A-M]/g, '-'),
    () => bytes.toString('hex'),
  ])()
}

const integerValue = (random: Random, { min = 0, max = 0 }: IntegerShape): Json =>
  random.pick<Json>([
    min,
    max,
    min - 1,
    max + 1,
    0,
    -1,
    2 ** 31 - 1,
    2 ** 31,
    -(2 ** 31),
    2 ** 53,
    1.5,
    rawToken('1e400'),
    rawToken('1e0'),
    rawToken('-0'),
    String(min),
  ])

const timestamps: readonly Json[] = [
  0,
  -1,
  0.5,
  1e9,
  2e9,
  2_000_000_000_000,
  8.64e12,
  8.64e12 + 1,
  -8.64e12,
  rawToken('1e400'),
  '2026-01-01T00:00:00Z',
]

type Row<S> = (random: Random, shape: S, corpus: Corpus, given: Json | undefined) => Json
type Rows = { [T in Shape['type']]: Row<Extract<Shape, { type: T }>> }
const rows: Rows = {
  string: stringValue,
  blob: blobValue,
  integer: integerValue,
  boolean: (_random, _shape, _corpus, given) => given !== true,
  timestamp: (random) => random.pick(timestamps),
  list: (random, { member }, corpus, given) => {
    const items = Array.isArray(given) && given.length > 0 ? given : [toWire(sampleOf(member))]
    const at = random.index(items.length)
    return items.map((item, n) => (n === at ? valueFor(random, member, corpus, item) : item))
  },
  map: (random, shape, corpus, given) => {
    const key = stringValue(random, shape.key, corpus)
    const map: JsonObject = isObject(given) ? { ...given } : {}
    put(map, typeof key === 'string' ? key : 'a', valueFor(random, shape.value, corpus, undefined))
    return map
  },
  structure: (random, { members }, corpus, given) => {
    const structure: JsonObject = isObject(given) ? { ...given } : {}
    return changeMember(random, structure, members, corpus) === undefined ? null : structure
  },
}

/** Another value for a member of this shape. */
const valueFor: Row<Shape> = (random, shape, corpus, given) =>
  // A table's row takes the shape that its own name selects; the compiler can't follow that.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  (rows[shape.type] as Row<Shape>)(random, shape, corpus, given)

const changeMember = (
  random: Random,
  input: JsonObject,
  members: Readonly<Record<string, Shape>>,
  corpus: Corpus,
): string | undefined => {
  const names = Object.keys(members)
  if (names.length === 0) return undefined
  // One that is given, more often than one that isn't.
  const given = names.filter((name) => input[name] !== undefined)
  const name = random.pick(given.length > 0 && random.chance(0.6) ? given : names)
  put(input, name, valueFor(random, members[name]!, corpus, input[name]))
  return name
}

/** Gives a member another value, mostly of the type that it has; tells which. */
export const mutateValue = (
  random: Random,
  operation: OperationName,
  input: JsonObject,
  corpus: Corpus,
): string | undefined => {
  const name = changeMember(random, input, inputs[operation].members, corpus)
  return name === undefined ? undefined : `another value of ${name}`
}
