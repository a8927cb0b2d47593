import { KmsError } from '../errors.js'
import type { BlobShape, IntegerShape, ListShape, Member, Members, Shape, StringShape } from './shape.js'

type Report = (value: string, path: string, constraint: string) => void

const quoted = (value: string): string => `Value '${value}'`

const lengthRule = (length: number, shape: { min?: number; max?: number }): string | undefined => {
  if (shape.min !== undefined && length < shape.min) {
    return `Member must have length greater than or equal to ${shape.min}`
  }
  if (shape.max !== undefined && length > shape.max) {
    return `Member must have length less than or equal to ${shape.max}`
  }
  return undefined
}

const checkString = (value: string, shape: StringShape, path: string, report: Report): void => {
  if (shape.values !== undefined && !shape.values.includes(value)) {
    report(quoted(value), path, `Member must satisfy enum value set: [${shape.values.join(', ')}]`)
  }
  const rule = lengthRule(Array.from(value).length, shape)
  if (rule !== undefined) report(quoted(value), path, rule)
  if (shape.pattern !== undefined && !shape.pattern.test(value)) {
    report(quoted(value), path, `Member must satisfy regular expression pattern: ${shape.pattern.source}`)
  }
}

const checkBlob = (value: Uint8Array, shape: BlobShape, path: string, report: Report): void => {
  const rule = lengthRule(value.length, shape)
  if (rule === undefined) return
  // AWS prints a Java buffer for a blob, and nothing at all for a sensitive member.
  const size = value.length
  report(
    shape.sensitive === true ? 'Value' : quoted(`java.nio.HeapByteBuffer[pos=0 lim=${size} cap=${size}]`),
    path,
    rule,
  )
}

const checkInteger = (value: number, { min, max }: IntegerShape, path: string, report: Report): void => {
  if (value < min) report(quoted(`${value}`), path, `Member must have value greater than or equal to ${min}`)
  if (value > max) report(quoted(`${value}`), path, `Member must have value less than or equal to ${max}`)
}

const checkMap = (value: Record<string, unknown>, path: string, report: Report): void => {
  for (const [key, member] of Object.entries(value)) {
    if (member === null) report('Value null', `${path}.${key}.member`, 'Member must not be null')
  }
}

const checkList = (value: readonly unknown[], shape: ListShape, path: string, report: Report): void => {
  const rule = lengthRule(value.length, shape)
  if (rule !== undefined) report(quoted(`[${value.length} members]`), path, rule)
  value.forEach((item, index) => {
    check(item, { ...shape.member, required: true }, `${path}.${index + 1}.member`, report)
  })
}

const checkMembers = (
  value: Record<string, unknown>,
  members: Members,
  prefix: string,
  report: Report,
): void => {
  for (const [name, member] of Object.entries(members)) {
    check(value[name], member, `${prefix}${name.charAt(0).toLowerCase()}${name.slice(1)}`, report)
  }
}

type Checkers = {
  [T in Shape['type']]: (
    value: never,
    shape: Extract<Shape, { type: T }>,
    path: string,
    report: Report,
  ) => void
}

const checkers: Checkers = {
  string: checkString,
  blob: checkBlob,
  integer: checkInteger,
  boolean: () => undefined,
  map: (value, _shape, path, report) => checkMap(value, path, report),
  list: checkList,
  structure: (value, { members }, path, report) => checkMembers(value, members, `${path}.`, report),
}

const check = (value: unknown, member: Member, path: string, report: Report): void => {
  if (value === undefined || value === null) {
    if (member.required === true) report('Value null', path, 'Member must not be null')
    return
  }
  // A table's row takes the shape that its own name selects; the compiler can't follow that.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const checker = checkers[member.type] as (
    value: unknown,
    shape: Shape,
    path: string,
    report: Report,
  ) => void
  checker(value, member, path, report)
}

/**
 * Checks a decoded input against the constraints of the model, all of them at once, as AWS does.
 * @throws KmsError ValidationException in AWS's own wording
 */
export const validateInput = (input: Record<string, unknown>, members: Members): void => {
  const problems: string[] = []
  checkMembers(input, members, '', (value, path, constraint) => {
    problems.push(`${value} at '${path}' failed to satisfy constraint: ${constraint}`)
  })
  if (problems.length === 0) return
  const count = `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected`
  throw new KmsError('ValidationException', `${count}: ${problems.join('; ')}`)
}
