import { KmsError } from '../errors.js'
import { isFields } from '../is-fields.js'
import type { Fields } from '../is-fields.js'
import { accountOfPrincipal } from '../principal.js'

/** One statement of a key policy, as far as it is looked at. */
export interface PolicyStatement {
  readonly allows: boolean
  /** The AWS principals: ARNs, account ids or `*`. */
  readonly principals: readonly string[]
  /** Empty if the statement has none: then it has no effect. */
  readonly actions: readonly string[]
  readonly hasResource: boolean
  readonly conditional: boolean
}

const malformed = (problem: string): never => {
  throw new KmsError('MalformedPolicyDocumentException', problem)
}
const syntaxError = (): never => malformed('Syntax errors in policy.')

/** A string, or a list of strings. */
const stringsOf = (value: unknown): readonly string[] => {
  const list: unknown[] = Array.isArray(value) ? value : [value]
  return list.every((item) => typeof item === 'string') ? list : syntaxError()
}

const checkMembers = (fields: Fields, known: ReadonlySet<string>): void => {
  if (Object.keys(fields).some((name) => !known.has(name))) syntaxError()
}

const documentMembers = new Set(['Version', 'Id', 'Statement'])
const statementMembers = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
])
const principalTypes = new Set(['AWS', 'Service', 'Federated', 'CanonicalUser'])
const versions = new Set<unknown>(['2012-10-17', '2008-10-17'])

const checkAwsPrincipal = (principal: string): void => {
  if (principal === '*' || /^\d{12}$/.test(principal) || accountOfPrincipal(principal) !== undefined) return
  // CreateKey, "InvalidArnException": an ARN in a key policy is not valid. What is no ARN at all, such as the unique
  // id that the ARN of a deleted principal turns into, is an invalid principal.
  if (principal.startsWith('arn:'))
    throw new KmsError('InvalidArnException', 'An ARN in the policy is not valid.')
  malformed('Policy contains a statement with one or more invalid principals.')
}

const principalsOf = (value: unknown): readonly string[] => {
  if (value === '*') return ['*']
  if (!isFields(value)) return malformed('Policy contains a statement with one or more invalid principals.')
  checkMembers(value, principalTypes)
  const byType = Object.entries(value).map(([type, listed]) => [type, stringsOf(listed)] as const)
  if (byType.every(([, listed]) => listed.length === 0)) syntaxError()
  const principals = byType.flatMap(([type, listed]) => (type === 'AWS' ? listed : []))
  principals.forEach(checkAwsPrincipal)
  return principals
}

const actionsOf = (value: unknown): readonly string[] => {
  const actions = value === undefined ? [] : stringsOf(value)
  // IAM user guide, "Action": a service's prefix and the action.
  if (!actions.every((action) => action === '*' || /^[\w-]+:[\w*?]+$/.test(action))) {
    malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.')
  }
  return actions
}

const statementOf = (value: unknown): PolicyStatement => {
  if (!isFields(value)) return syntaxError()
  checkMembers(value, statementMembers)
  const { Sid, Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition } = value
  if (Effect !== 'Allow' && Effect !== 'Deny') return malformed('Policy statement must have an Effect.')
  if (Sid !== undefined && typeof Sid !== 'string') return syntaxError()
  if (Condition !== undefined && !isFields(Condition)) return syntaxError()
  if (Principal === undefined && NotPrincipal === undefined) {
    return malformed('Policy document should specify a principal.')
  }
  actionsOf(NotAction)
  for (const resource of [Resource, NotResource]) if (resource !== undefined) stringsOf(resource)
  if (NotPrincipal !== undefined) principalsOf(NotPrincipal)
  return {
    allows: Effect === 'Allow',
    principals: Principal === undefined ? [] : principalsOf(Principal),
    actions: actionsOf(Action),
    hasResource: Resource !== undefined,
    conditional: Condition !== undefined,
  }
}

const parse = (policy: string): unknown => {
  try {
    return JSON.parse(policy)
  } catch (cause) {
    throw new KmsError('MalformedPolicyDocumentException', 'Policy contains invalid json', { cause })
  }
}

/**
 * Reads a key policy (IAM user guide, "Grammar of the IAM JSON policy language"; developer guide, "Elements in a key
 * policy").
 * @throws KmsError MalformedPolicyDocumentException, InvalidArnException
 */
export const readPolicy = (policy: string): readonly PolicyStatement[] => {
  const document = parse(policy)
  if (!isFields(document)) return syntaxError()
  checkMembers(document, documentMembers)
  const { Version, Id, Statement } = document
  // Without a version, a policy is one of 2008.
  if (Version !== undefined && !versions.has(Version)) return syntaxError()
  if (Id !== undefined && typeof Id !== 'string') return syntaxError()
  const statements: unknown[] = Array.isArray(Statement) ? Statement : [Statement]
  if (Statement === undefined || statements.length === 0) return syntaxError()
  const read = statements.map(statementOf)
  const sids = statements.flatMap((statement) =>
    isFields(statement) && statement['Sid'] !== undefined ? [statement['Sid']] : [],
  )
  if (new Set(sids).size !== sids.length) {
    return malformed('Statement IDs (SID) in a single policy must be unique.')
  }
  return read
}
