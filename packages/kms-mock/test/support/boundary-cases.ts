import type { ListShape, Shape, StringShape, StructureShape } from '#src/validation/shape.js'
import { matches, sampleOf, stringOf, structureSample } from './shape-values.js'

/** An input, and what AWS says is wrong with the one member that it is about. */
export interface BoundaryCase {
  path: string
  about: string
  input: unknown
  /** In AWS's words; none if the input is valid. */
  problems: string[]
}

/** A value for a member, and the constraints that it breaks, in AWS's words. */
interface Trial {
  about: string
  value: unknown
  broken: string[]
}

const least = (what: string, min: number): string =>
  `Member must have ${what} greater than or equal to ${min}`
const most = (what: string, max: number): string => `Member must have ${what} less than or equal to ${max}`
const enumeration = ({ values = [], listed = values }: StringShape): string =>
  `Member must satisfy enum value set: [${listed.join(', ')}]`
const expression = ({ pattern }: StringShape): string =>
  `Member must satisfy regular expression pattern: ${pattern}`
const notNull = 'Member must not be null'

interface Bounded {
  readonly min?: number
  readonly max?: number
}
/** The bounds themselves, one below and one above. */
const boundTrials = (what: string, { min, max }: Bounded, of: (size: number) => unknown): Trial[] => [
  ...(min === undefined ? [] : [{ about: `the least ${what}, ${min}`, value: of(min), broken: [] }]),
  ...(max === undefined ? [] : [{ about: `the greatest ${what}, ${max}`, value: of(max), broken: [] }]),
  ...(min === undefined || (what === 'length' && min === 0)
    ? []
    : [{ about: `${what} ${min - 1}`, value: of(min - 1), broken: [least(what, min)] }]),
  ...(max === undefined
    ? []
    : [{ about: `${what} ${max + 1}`, value: of(max + 1), broken: [most(what, max)] }]),
]

const stringTrials = (shape: StringShape): Trial[] => {
  const { min = 0, values, pattern } = shape
  const lengths = boundTrials('length', shape, (length) => stringOf(length, pattern) ?? 'a'.repeat(length))
  return [
    ...lengths.map((trial) =>
      matches(String(trial.value), pattern)
        ? trial
        : { ...trial, broken: [...trial.broken, expression(shape)] },
    ),
    ...(values ?? []).map((value) => ({ about: value, value, broken: [] })),
    ...(values === undefined
      ? []
      : [{ about: 'no such value', value: 'NO_SUCH_VALUE', broken: [enumeration(shape)] }]),
    ...(pattern === undefined
      ? []
      : [{ about: 'not of the pattern', value: '€'.repeat(Math.max(min, 1)), broken: [expression(shape)] }]),
  ]
}

/** Every constraint of a list's items, as AWS lists them when one item breaks any of them. In this model, items are strings. */
const itemConstraints = (shape: Shape): string => {
  if (shape.type !== 'string') throw new Error(`what AWS says of ${shape.type} items is not known here`)
  const { min, max, values, pattern } = shape
  const texts = [
    ...(max === undefined ? [] : [most('length', max)]),
    ...(min === undefined ? [] : [least('length', min)]),
    ...(values === undefined ? [] : [enumeration(shape)]),
    ...(pattern === undefined ? [] : [expression(shape)]),
    notNull,
  ]
  return `Member must satisfy constraint: [${texts.join(', ')}]`
}

const listTrials = (shape: ListShape): Trial[] => [
  ...boundTrials('length', shape, (length) => Array.from({ length }, () => sampleOf(shape.member))),
  ...(shape.member.type === 'structure'
    ? []
    : [{ about: 'a null', value: null, broken: [''] }, ...trialsOf(shape.member)].map(
        ({ about, value, broken }) => ({
          about: `an item: ${about}`,
          value: [value],
          broken: broken.length === 0 ? [] : [itemConstraints(shape.member)],
        }),
      )),
]

type Rows = { [T in Shape['type']]: (shape: Extract<Shape, { type: T }>) => Trial[] }
const rows: Rows = {
  string: stringTrials,
  blob: (shape) => boundTrials('length', shape, (length) => Buffer.alloc(length)),
  integer: (shape) => boundTrials('value', shape, (value) => value),
  boolean: () => [true, false].map((value) => ({ about: `${value}`, value, broken: [] })),
  timestamp: () => [0, 1.5, new Date(0)].map((value) => ({ about: String(value), value, broken: [] })),
  map: ({ key, value }) => [
    { about: 'an entry', value: { [String(sampleOf(key))]: sampleOf(value) }, broken: [] },
    {
      about: 'a null',
      value: { k: null },
      broken: [`Map value must satisfy constraint: [${notNull}]`],
    },
  ],
  list: listTrials,
  structure: () => [],
}
const trialsOf = (shape: Shape): Trial[] =>
  // A table's row takes the shape that its own name selects; the compiler can't follow that.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  (rows[shape.type] as (shape: Shape) => Trial[])(shape)

const isHidden = (shape: Shape): boolean => 'sensitive' in shape && shape.sensitive === true
const shown = (value: unknown, shape: Shape): string => {
  if (isHidden(shape) || value instanceof Uint8Array) return 'Value'
  if (Array.isArray(value)) return `Value '[${value.map(String).join(', ')}]'`
  return typeof value === 'string' || typeof value === 'number' ? `Value '${value}'` : "Value '{k=null}'"
}

/** Everything about one member, and what is inside of it; `put` makes an input that is valid but for the member. */
function* memberCases(
  shape: Shape,
  path: string,
  required: boolean,
  put: (value: unknown) => unknown,
): Generator<BoundaryCase> {
  const problem = (value: string, constraint: string): string =>
    `${value} at '${path}' failed to satisfy constraint: ${constraint}`
  if (required) {
    const problems = [problem(isHidden(shape) ? 'Value' : 'Value null', notNull)]
    yield { path, about: 'absent', input: put(undefined), problems }
    yield { path, about: 'null', input: put(null), problems }
  }
  for (const { about, value, broken } of trialsOf(shape)) {
    const problems = broken.map((constraint) => problem(shown(value, shape), constraint))
    yield { path, about, input: put(value), problems }
  }
  if (shape.type === 'structure') yield* structureCases(shape, `${path}.`, put)
  if (shape.type === 'list' && shape.member.type === 'structure') {
    const item = sampleOf(shape.member)
    yield* memberCases(shape.member, `${path}.1.member`, false, (value) => put([value]))
    yield* memberCases(shape.member, `${path}.2.member`, false, (value) => put([item, value]))
  }
}

function* structureCases(
  shape: StructureShape,
  prefix: string,
  put: (value: unknown) => unknown,
): Generator<BoundaryCase> {
  const base = structureSample(shape)
  for (const [name, member] of Object.entries(shape.members)) {
    const path = prefix + name.charAt(0).toLowerCase() + name.slice(1)
    const required = shape.required?.includes(name) ?? false
    yield* memberCases(member, path, required, (value) => put({ ...base, [name]: value }))
  }
}

/** For every constraint of an input: a value at each bound, one below and one above; absence, values and patterns. */
export const boundaryCases = (input: StructureShape): BoundaryCase[] => [
  ...structureCases(input, '', (value) => value),
]
