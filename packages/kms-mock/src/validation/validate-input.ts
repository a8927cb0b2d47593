import { validationError } from '../errors.js'
import { constraintsOf, satisfies } from './constraints.js'
import type { Constraint } from './constraints.js'
import { membersOf } from './members.js'
import type { ListShape, MapShape, Shape, StructureShape } from './shape.js'

/*
 * The messages are those of AWS's request validation: 'Value at' alone for a blob or a sensitive member, a sensitive
 * null included; 'Value null' for another null; the value itself, as Java prints it, for the rest. What is wrong with
 * the items of a list, or the entries of a map, is said once, of the whole, with every constraint they are under.
 */
type Report = (value: string, path: string, constraint: string) => void

const notNull = 'Member must not be null'

const isSensitive = (shape: Shape): boolean =>
  'sensitive' in shape && shape.sensitive === true
    ? true
    : shape.type === 'list'
      ? isSensitive(shape.member)
      : shape.type === 'map' && (isSensitive(shape.key) || isSensitive(shape.value))

/** As Java's toString prints it. */
const printed = (value: unknown): string =>
  Array.isArray(value)
    ? `[${value.map(printed).join(', ')}]`
    : typeof value === 'object' && value !== null
      ? `{${Object.entries(value)
          .map(([key, member]) => `${key}=${printed(member)}`)
          .join(', ')}}`
      : String(value)

const shown = (value: unknown, shape: Shape): string =>
  isSensitive(shape) || (shape.type === 'blob' && value !== null)
    ? 'Value'
    : value === null
      ? 'Value null'
      : `Value '${printed(value)}'`

const listed = (shape: Shape): string =>
  `[${[...constraintsOf(shape).map(({ text }) => text), notNull].join(', ')}]`

const isRight = (item: unknown, constraints: readonly Constraint[]): boolean => {
  if (item === null) return false
  for (const constraint of constraints) if (!satisfies(item, constraint)) return false
  return true
}

const areRight = (items: readonly unknown[], shape: Shape): boolean => {
  const constraints = constraintsOf(shape)
  return items.every((item) => isRight(item, constraints))
}

const checkList = (value: readonly unknown[], shape: ListShape, path: string, report: Report): void => {
  const { member } = shape
  if (member.type === 'structure') {
    value.forEach((item, index) => check(item, member, `${path}.${index + 1}.member`, report))
  } else if (!areRight(value, member)) {
    report(shown(value, shape), path, `Member must satisfy constraint: ${listed(member)}`)
  }
}

const checkMap = (value: Record<string, unknown>, shape: MapShape, path: string, report: Report): void => {
  const keys = Object.keys(value)
  if (!areRight(keys, shape.key)) {
    report(shown(value, shape), path, `Map keys must satisfy constraint: ${listed(shape.key)}`)
  }
  const ofValue = constraintsOf(shape.value)
  if (!keys.every((key) => isRight(value[key], ofValue))) {
    report(shown(value, shape), path, `Map value must satisfy constraint: ${listed(shape.value)}`)
  }
}

const checkMembers = (
  value: Record<string, unknown>,
  structure: StructureShape,
  prefix: string,
  report: Report,
): void => {
  for (const { name, label, shape, required } of membersOf(structure)) {
    const given = value[name]
    if (given !== undefined) check(given, shape, prefix + label, report)
    else if (required) report(shown(null, shape), prefix + label, notNull)
  }
}

type Checkers = {
  [T in Shape['type']]?: (
    value: never,
    shape: Extract<Shape, { type: T }>,
    path: string,
    report: Report,
  ) => void
}

/** What is to be checked inside of a value. */
const checkers: Checkers = {
  map: checkMap,
  list: checkList,
  structure: (value, shape, path, report) => checkMembers(value, shape, `${path}.`, report),
}

const check = (value: unknown, shape: Shape, path: string, report: Report): void => {
  if (value === null) {
    report(shown(value, shape), path, notNull)
    return
  }
  for (const constraint of constraintsOf(shape)) {
    if (!satisfies(value, constraint)) report(shown(value, shape), path, constraint.text)
  }
  // A table's row takes the shape that its own name selects; the compiler can't follow that.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const checker = checkers[shape.type] as
    ((value: unknown, shape: Shape, path: string, report: Report) => void) | undefined
  checker?.(value, shape, path, report)
}

/**
 * Checks a decoded input against the constraints of the model, all of them at once, as AWS does.
 * @throws KmsError ValidationException in AWS's own wording
 */
export const validateInput = (input: Record<string, unknown>, shape: StructureShape): void => {
  const problems: string[] = []
  checkMembers(input, shape, '', (value, path, constraint) => {
    problems.push(`${value} at '${path}' failed to satisfy constraint: ${constraint}`)
  })
  if (problems.length === 0) return
  const count = `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected`
  throw validationError(`${count}: ${problems.join('; ')}`)
}
