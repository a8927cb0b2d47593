/**
 * Every failure of Sealring has a code. Programs branch on `code`; messages are for people and may change.
 * `docs/errors.md` has one heading for each code.
 */
export const errorCodes = {
  // The caller's arguments.
  INVALID_ARGUMENT: 'input',
  INVALID_NAME: 'input',
  INVALID_REVISION: 'input',
  INVALID_CONTEXT: 'input',
  // The sealed message (AWS Encryption SDK message).
  MESSAGE_TRUNCATED: 'envelope',
  MESSAGE_TRAILING_BYTES: 'envelope',
  MESSAGE_NOT_CANONICAL: 'envelope',
  MESSAGE_UNSUPPORTED: 'envelope',
  MESSAGE_TOO_LARGE: 'envelope',
  SUITE_NOT_ALLOWED: 'envelope',
  HEADER_UNAUTHENTIC: 'envelope',
  FRAME_UNAUTHENTIC: 'envelope',
  FRAME_OUT_OF_ORDER: 'envelope',
  COMMITMENT_MISMATCH: 'envelope',
  SIGNATURE_INVALID: 'envelope',
  CONTEXT_NOT_REPRODUCED: 'envelope',
  SOURCE_FAILED: 'envelope',
  // Wrapping and unwrapping data keys.
  KEYRING_INVALID: 'keyring',
  NO_DATA_KEY: 'keyring',
  DATA_KEY_NOT_UNWRAPPED: 'keyring',
  DATA_KEY_NOT_WRAPPED: 'keyring',
  PADDING_REFUSED: 'keyring',
  CURVE_REFUSED: 'keyring',
  SUITE_REFUSED: 'keyring',
  BRANCH_KEY_NOT_FOUND: 'keyring',
  BRANCH_KEY_EXISTS: 'keyring',
  BRANCH_KEY_CONFLICT: 'keyring',
  BRANCH_KEY_INVALID: 'keyring',
  BRANCH_KEY_UNAVAILABLE: 'keyring',
  ALIAS_MOVED: 'keyring',
  // One location.
  UNREACHABLE: 'backend',
  THROTTLED: 'backend',
  ACCESS_DENIED: 'backend',
  LOCATION_NOT_FOUND: 'backend',
  OUTCOME_UNKNOWN: 'backend',
  BLOB_TOO_LARGE: 'backend',
  BLOB_DAMAGED: 'backend',
  BLOB_ARCHIVED: 'backend',
  WRITE_CONFLICT: 'backend',
  SLOT_DELETED: 'backend',
  ENCRYPTION_NOT_APPLIED: 'backend',
  BACKEND_FAILED: 'backend',
  // Several locations.
  NOT_FOUND: 'store',
  UNDETERMINED: 'store',
  UNREADABLE: 'store',
  STALE: 'store',
  ROLLBACK: 'store',
  CONFLICT: 'store',
  PUT_INCOMPLETE: 'store',
  DESTROYED: 'store',
  DESTROY_INCOMPLETE: 'store',
  DEADLINE_EXCEEDED: 'store',
  BINDING_MISMATCH: 'store',
  ARBITER_MISMATCH: 'store',
  ARBITER_BEHIND: 'store',
  ARBITER_UNFIT: 'store',
  MANIFEST_INVALID: 'store',
  STORE_MISMATCH: 'store',
  LOCATION_MISMATCH: 'store',
  CONTEXT_MISMATCH: 'store',
  TAMPERED: 'store',
  COPY_MISSING: 'store',
  COPY_STALE: 'store',
  COPY_SLOW: 'store',
  COPY_DIFFERS: 'store',
  SPOOL_FAILED: 'store',
} as const

export type ErrorCode = keyof typeof errorCodes
export type ErrorLayer = (typeof errorCodes)[ErrorCode]
type CodeOf<L extends ErrorLayer> = {
  [C in ErrorCode]: (typeof errorCodes)[C] extends L ? C : never
}[ErrorCode]

export type InputErrorCode = CodeOf<'input'>
export type EnvelopeErrorCode = CodeOf<'envelope'>
export type KeyringErrorCode = CodeOf<'keyring'>
export type BackendErrorCode = CodeOf<'backend'>
export type StoreErrorCode = CodeOf<'store'>

/** Base of all errors of Sealring. `code` is stable under semantic versioning, the message is not. */
export class SealringError<Code extends string = string> extends Error {
  override readonly name: string = 'SealringError'
  readonly code: Code
  constructor(code: Code, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

/** The caller's argument can't be used. Nothing was done. */
export class InputError extends SealringError<InputErrorCode> {
  override readonly name = 'InputError'
}

/** A sealed message can't be written or opened. No plaintext was released. */
export class EnvelopeError extends SealringError<EnvelopeErrorCode> {
  override readonly name = 'EnvelopeError'
}

/** No data key could be wrapped or unwrapped. `cause` is what the keyring (or KMS) said. */
export class KeyringError extends SealringError<KeyringErrorCode> {
  override readonly name = 'KeyringError'
}

export interface BackendErrorOptions {
  /** `id` of the backend that failed. */
  backend: string
  /** The method of the Backend interface that failed: 'create', 'read', … */
  operation: string
  /** True when the same call may succeed later without anything being changed. */
  retryable?: boolean
  cause?: unknown
}

/** One location failed. Absence is never an error: it is `undefined`. */
export class BackendError extends SealringError<BackendErrorCode> {
  override readonly name = 'BackendError'
  readonly backend: string
  readonly operation: string
  readonly retryable: boolean
  constructor(code: BackendErrorCode, message: string, options: BackendErrorOptions) {
    super(code, message, 'cause' in options ? { cause: options.cause } : undefined)
    this.backend = options.backend
    this.operation = options.operation
    this.retryable = options.retryable ?? false
  }
}

/** The store, looking at several locations, could not do what was asked. `details` is safe to log. */
export class StoreError<Details = unknown> extends SealringError<StoreErrorCode> {
  override readonly name = 'StoreError'
  readonly details: Details
  constructor(code: StoreErrorCode, message: string, options: { cause?: unknown; details: Details }) {
    super(code, message, 'cause' in options ? { cause: options.cause } : undefined)
    this.details = options.details
  }
}
