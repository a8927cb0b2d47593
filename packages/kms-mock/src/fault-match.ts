import { KmsOptionError } from './errors.js'
import { isFields } from './is-fields.js'
import { inputs } from './model/inputs.generated.js'

/** Which calls a fault hits; all of them where nothing is said. */
export interface FaultMatch {
  operation?: string
  region?: string
  accountId?: string
  /** How many calls it hits before it is spent; no limit by default. */
  times?: number
}

/** The errors that are the service's own fault: state and input alone never lead to them. */
export const serverFaults = [
  'DependencyTimeoutException',
  'KMSInternalException',
  'KeyUnavailableException',
] as const
/** One of {@link serverFaults}. */
export type ServerFault = (typeof serverFaults)[number]

const members = ['operation', 'region', 'accountId', 'times']

const refuse = (problem: string): never => {
  throw new KmsOptionError(problem)
}

const isText = (value: unknown): value is string | undefined =>
  value === undefined || typeof value === 'string'

/**
 * Which calls are meant; a misspelt member or operation must not pass for one that hits none, or all.
 * @throws KmsOptionError KMS_OPTION_INVALID
 */
export const faultMatchOf = (value: unknown): FaultMatch => {
  if (!isFields(value) || !Object.keys(value).every((name) => members.includes(name))) {
    return refuse(`A fault takes ${members.join(', ')} alone.`)
  }
  const { operation, region, accountId, times } = value
  if (!isText(operation) || !isText(region) || !isText(accountId)) {
    return refuse('operation, region and accountId are strings.')
  }
  if (operation !== undefined && !Object.hasOwn(inputs, operation)) {
    refuse(`operation is one of KMS, not ${operation.slice(0, 64)}.`)
  }
  if (times !== undefined && !(typeof times === 'number' && Number.isSafeInteger(times) && times > 0)) {
    return refuse('times is a whole number, 1 or more.')
  }
  return {
    ...(operation !== undefined && { operation }),
    ...(region !== undefined && { region }),
    ...(accountId !== undefined && { accountId }),
    ...(times !== undefined && { times }),
  }
}

/**
 * How late answers are to be.
 * @throws KmsOptionError KMS_OPTION_INVALID
 */
export const latencyOf = (milliseconds: unknown): number =>
  // Node's timers take no more (setTimeout), and then don't wait at all.
  typeof milliseconds === 'number' && milliseconds >= 0 && milliseconds < 2 ** 31
    ? milliseconds
    : refuse('milliseconds is 0 to 2147483647.')

/**
 * An error that may be asked for.
 * @throws KmsOptionError KMS_OPTION_INVALID
 */
export const serverFaultOf = (error: unknown): ServerFault =>
  serverFaults.find((name) => name === error) ?? refuse(`error is one of ${serverFaults.join(', ')}.`)

/**
 * A region, and whether it is to be down.
 * @throws KmsOptionError KMS_OPTION_INVALID
 */
export const outageOf = (region: unknown, down: unknown): { region: string; down: boolean } =>
  typeof region === 'string' && typeof down === 'boolean'
    ? { region, down }
    : refuse('region is a string, down is a boolean.')
