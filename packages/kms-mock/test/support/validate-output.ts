import { outputs } from '#src/model/outputs.generated.js'
import type { OperationName } from '#src/model/input.js'
import type { Shape, StringShape } from '#src/validation/shape.js'
import { matches } from './shape-values.js'

/** How an answer is written: `values` are those of `kms.handle` (bytes, dates), `wire` those of JSON (base64, seconds). */
export type AnswerForm = 'values' | 'wire'

/** Collects what is wrong, each with its place. */
type Fault = (path: string, problem: string) => void
type Check<S> = (value: unknown, shape: S, path: string, fault: Fault, form: AnswerForm) => void

interface Bounded {
  readonly min?: number
  readonly max?: number
}
const checkBounds = (what: string, size: number, { min, max }: Bounded, path: string, fault: Fault): void => {
  if (min !== undefined && size < min) fault(path, `${what} ${size} is less than ${min}`)
  if (max !== undefined && size > max) fault(path, `${what} ${size} is greater than ${max}`)
}

const checkString: Check<StringShape> = (value, shape, path, fault) => {
  if (typeof value !== 'string') return fault(path, 'is not a string')
  const { values, pattern } = shape
  checkBounds('length', Array.from(value).length, shape, path, fault)
  if (values !== undefined && !values.includes(value)) fault(path, `${value} is not one of its values`)
  if (!matches(value, pattern)) fault(path, `does not match ${pattern}`)
}

const base64Length = (value: unknown): number | undefined =>
  typeof value === 'string' && Buffer.from(value, 'base64').toString('base64') === value
    ? Buffer.from(value, 'base64').length
    : undefined

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' &&
  value !== null &&
  [Object.prototype, null].includes(Object.getPrototypeOf(value))

/** "The KeySpec and CustomerMasterKeySpec fields have the same value": AWS gives those that the older list lacks too. */
const sameValues: Readonly<Record<string, string>> = { CustomerMasterKeySpec: 'KeySpec' }

type Checks = { [T in Shape['type']]: Check<Extract<Shape, { type: T }>> }
const checks: Checks = {
  string: checkString,
  blob: (value, shape, path, fault, form) => {
    const bytes = value instanceof Uint8Array ? value.length : undefined
    const length = form === 'values' ? bytes : base64Length(value)
    if (length === undefined) fault(path, form === 'values' ? 'is not bytes' : 'is not base64')
    else checkBounds('length', length, shape, path, fault)
  },
  integer: (value, shape, path, fault) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) fault(path, 'is not an integer')
    else checkBounds('value', value, shape, path, fault)
  },
  boolean: (value, _shape, path, fault) => {
    if (typeof value !== 'boolean') fault(path, 'is not a boolean')
  },
  timestamp: (value, _shape, path, fault, form) => {
    const seconds = form === 'wire' ? value : value instanceof Date ? value.getTime() : undefined
    if (typeof seconds !== 'number' || !Number.isFinite(seconds)) fault(path, 'is not a timestamp')
  },
  list: (value, shape, path, fault, form) => {
    if (!Array.isArray(value)) return fault(path, 'is not a list')
    checkBounds('length', value.length, shape, path, fault)
    value.forEach((item, index) => check(item, shape.member, `${path}[${index}]`, fault, form))
  },
  map: (value, shape, path, fault, form) => {
    if (!isRecord(value)) return fault(path, 'is not a map')
    for (const [key, member] of Object.entries(value)) {
      check(key, shape.key, `a key of ${path}`, fault, form)
      check(member, shape.value, `${path}.${key}`, fault, form)
    }
  },
  structure: (value, { members, required = [] }, path, fault, form) => {
    if (!isRecord(value)) return fault(path, 'is not a structure')
    for (const name of required) if (value[name] === undefined) fault(`${path}.${name}`, 'is missing')
    for (const [name, member] of Object.entries(value)) {
      const shape = members[sameValues[name] ?? name]
      if (shape === undefined) fault(`${path}.${name}`, 'is not in the model')
      else if (member !== undefined) check(member, shape, `${path}.${name}`, fault, form)
    }
  },
}
const check: Check<Shape> = (value, shape, path, fault, form) =>
  // A table's row takes the shape that its own name selects; the compiler can't follow that.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  (checks[shape.type] as Check<Shape>)(value, shape, path, fault, form)

/** What is wrong with an answer, by the model's output of the operation: nothing, if the list is empty. */
export const outputFaults = (
  operation: OperationName,
  output: unknown,
  form: AnswerForm = 'values',
): string[] => {
  const faults: string[] = []
  check(output, outputs[operation], operation, (path, problem) => faults.push(`${path} ${problem}`), form)
  return faults
}

/** Throws unless an answer is, strictly, what the model says: no unknown member, nothing missing, no value out of bounds. */
export const validateOutput = (operation: OperationName, output: unknown, form?: AnswerForm): void => {
  const faults = outputFaults(operation, output, form)
  if (faults.length > 0) throw new Error(`not an answer of the model: ${faults.join('; ')}`)
}
