import type { Shape, StringShape, StructureShape } from '#src/validation/shape.js'

/** Beginning, filling and end of strings that match the patterns of the model. */
const forms = [
  ['', 'a', ''],
  ['', '2', ''],
  ['', 'A', ''],
  ['cluster-', 'a', ''],
  ['https://', 'a', ''],
  ['/', 'a', '/kms/xks/v1'],
  ['/kms/xks/v1', '', ''],
  ['com.amazonaws.vpce.us-east-1.vpce-svc-', '0', ''],
  ['arn:aws:iam::111122223333:', 'a', ''],
  ['us-east-', '1', ''],
  ['a.a.', 'a', ''],
] as const

/** Whether a string matches a pattern as a whole. Apart from the code that is tested; in this model, Java's patterns are JavaScript's. */
export const matches = (value: string, pattern: string | undefined): boolean =>
  pattern === undefined || new RegExp(`^(?:${pattern})$`, 'u').test(value)

/** A string of this length that matches the pattern; `undefined` if there is none. */
export const stringOf = (length: number, pattern: string | undefined): string | undefined =>
  forms
    .map(([begin, fill, end]) => begin + fill.repeat(Math.max(0, length - begin.length - end.length)) + end)
    .find((value) => value.length === length && matches(value, pattern))

const someString = ({ min = 0, max = 100, pattern, values }: StringShape): string => {
  if (values !== undefined) return values[0]!
  for (let length = Math.max(min, 1); length <= max; length += 1) {
    const value = stringOf(length, pattern)
    if (value !== undefined) return value
  }
  throw new Error(`no value for ${pattern}`)
}

/** A structure with the required members only. */
export const structureSample = ({ required = [], members }: StructureShape): Record<string, unknown> =>
  Object.fromEntries(required.map((name) => [name, sampleOf(members[name]!)]))

type Samples = { [T in Shape['type']]: (shape: Extract<Shape, { type: T }>) => unknown }
const samples: Samples = {
  string: someString,
  blob: ({ min }) => Buffer.alloc(Math.max(min ?? 0, 1)),
  integer: ({ min }) => min ?? 0,
  boolean: () => false,
  timestamp: () => new Date(0),
  list: ({ min, member }) => Array.from({ length: Math.max(min ?? 0, 1) }, () => sampleOf(member)),
  map: ({ key, value }) => ({ [someString(key)]: sampleOf(value) }),
  structure: structureSample,
}

/** A value that satisfies a shape, with the required members only. */
export const sampleOf = (shape: Shape): unknown =>
  // A table's row takes the shape that its own name selects; the compiler can't follow that.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  (samples[shape.type] as (shape: Shape) => unknown)(shape)
