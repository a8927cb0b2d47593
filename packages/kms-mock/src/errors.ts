/** Who is to blame: the request, or the service. The SDKs retry server faults. */
export type Fault = 'client' | 'server'

/** Options of {@link KmsError}. */
export interface KmsErrorOptions {
  /** What led to this error, when something did. */
  cause?: unknown
}

/**
 * The names that differ from the rule "HTTP 400, client fault".
 * Statuses are those of the KMS API Reference ("Errors" of each operation), where even
 * NotFoundException and AlreadyExistsException travel as 400.
 */
const exceptional: Readonly<Record<string, { statusCode: number; fault: Fault }>> = {
  DependencyTimeoutException: { statusCode: 500, fault: 'server' },
  KMSInternalException: { statusCode: 500, fault: 'server' },
  KeyUnavailableException: { statusCode: 500, fault: 'server' },
  RequestEntityTooLargeException: { statusCode: 413, fault: 'client' },
}

/**
 * An answer of KMS that is an error. `name` and `code` are both AWS's own error name, for example
 * `NotFoundException`. The message never holds plaintext or key bytes.
 */
export class KmsError extends Error {
  readonly code: string
  /** The HTTP status that carries it. */
  readonly statusCode: number
  readonly fault: Fault

  constructor(code: string, message: string, options: KmsErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    const { statusCode, fault } = exceptional[code] ?? { statusCode: 400, fault: 'client' }
    this.name = code
    this.code = code
    this.statusCode = statusCode
    this.fault = fault
  }
}

/** What AWS says of input that no key and no state would make right. */
export const validationError = (problem: string): KmsError => new KmsError('ValidationException', problem)

/**
 * - `KMS_STATE_LOCKED`: another process kept the state file locked longer than `lockTimeoutMs`
 * - `KMS_STATE_MALFORMED`: the state file is not one that this version reads; it is left untouched
 * - `KMS_STATE_IO`: the state file or its folder could not be read or written (`cause` says why)
 */
export type KmsStateErrorCode = 'KMS_STATE_LOCKED' | 'KMS_STATE_MALFORMED' | 'KMS_STATE_IO'

/** Trouble with the state file: no answer of KMS, but of the machine beneath this one. */
export class KmsStateError extends Error {
  readonly code: KmsStateErrorCode
  /** The state file. */
  readonly path: string

  constructor(code: KmsStateErrorCode, message: string, path: string, options: KmsErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'KmsStateError'
    this.code = code
    this.path = path
  }
}

/** An option of `createKms` or `listen` that cannot be honoured; code `KMS_OPTION_INVALID`. */
export class KmsOptionError extends Error {
  readonly code = 'KMS_OPTION_INVALID'

  constructor(message: string, options: KmsErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'KmsOptionError'
  }
}

/**
 * Thrown when `faults.setRegionDown` is in force: not an answer at all. Its code is what a refused
 * connection has, so that SDKs treat it as one.
 */
export class RegionDownError extends Error {
  readonly code = 'ECONNREFUSED'

  constructor(region: string) {
    super(`connect ECONNREFUSED: region ${region} is down (kms.faults)`)
    this.name = 'RegionDownError'
  }
}
