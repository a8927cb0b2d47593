import { javaPattern } from './java-pattern.js'
import type { Shape, StringShape } from './shape.js'

/** A constraint that a value must satisfy by itself, and AWS's words for it. */
export interface Constraint {
  readonly text: string
  /** For a value of the shape that the constraint belongs to. */
  readonly satisfied: (value: never) => boolean
}

const surrogate = /[\ud800-\udfff]/

/** Code points (Smithy specification, "length trait"). */
const stringLength = (value: string): number =>
  surrogate.test(value) ? Array.from(value).length : value.length

const bounds = (
  what: 'length' | 'value',
  { min, max }: { readonly min?: number; readonly max?: number },
  size: (value: never) => number,
): Constraint[] => {
  const constraints: Constraint[] = []
  if (max !== undefined) {
    constraints.push({
      text: `Member must have ${what} less than or equal to ${max}`,
      satisfied: (value) => size(value) <= max,
    })
  }
  if (min !== undefined) {
    constraints.push({
      text: `Member must have ${what} greater than or equal to ${min}`,
      satisfied: (value) => size(value) >= min,
    })
  }
  return constraints
}

const stringConstraints = (shape: StringShape): Constraint[] => {
  const { values, listed = values, pattern } = shape
  const constraints = bounds('length', shape, stringLength)
  if (values !== undefined) {
    constraints.push({
      text: `Member must satisfy enum value set: [${listed?.join(', ')}]`,
      satisfied: (value) => values.includes(value),
    })
  }
  if (pattern !== undefined) {
    constraints.push({
      text: `Member must satisfy regular expression pattern: ${pattern}`,
      satisfied: (value) => javaPattern(pattern).test(value),
    })
  }
  return constraints
}

type Rows = { [T in Shape['type']]: (shape: Extract<Shape, { type: T }>) => Constraint[] }

const rows: Rows = {
  string: stringConstraints,
  blob: (shape) => bounds('length', shape, (value: Uint8Array) => value.length),
  integer: (shape) => bounds('value', shape, (value: number) => value),
  boolean: () => [],
  timestamp: () => [],
  map: (shape) => bounds('length', shape, (value: object) => Object.keys(value).length),
  list: (shape) => bounds('length', shape, (value: readonly unknown[]) => value.length),
  structure: () => [],
}

const known = new WeakMap<Shape, readonly Constraint[]>()

/** The constraints of a shape, in the order in which AWS lists them: from the greatest to the least, then the form. */
export const constraintsOf = (shape: Shape): readonly Constraint[] => {
  let constraints = known.get(shape)
  if (constraints === undefined) {
    // A table's row takes the shape that its own name selects; the compiler can't follow that.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    constraints = (rows[shape.type] as (shape: Shape) => Constraint[])(shape)
    known.set(shape, constraints)
  }
  return constraints
}

/** Whether a value satisfies a constraint of its own shape. */
export const satisfies = (value: unknown, { satisfied }: Constraint): boolean =>
  // The value was decoded by the shape that the constraint was made of.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  satisfied(value as never)
