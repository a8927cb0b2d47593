import type { CancellationReason } from '@aws-sdk/client-dynamodb'
import { BackendError } from '@sealring/core'
import type { BackendErrorCode } from '@sealring/core'

interface Meaning {
  readonly code: BackendErrorCode
  readonly retryable: boolean
}

const denied: Meaning = { code: 'ACCESS_DENIED', retryable: false }
const missing: Meaning = { code: 'LOCATION_NOT_FOUND', retryable: false }
const throttled: Meaning = { code: 'THROTTLED', retryable: true }
const unreachable: Meaning = { code: 'UNREACHABLE', retryable: true }
const untrusted: Meaning = { code: 'UNREACHABLE', retryable: false }
const contended: Meaning = { code: 'BACKEND_FAILED', retryable: true }
const failed: Meaning = { code: 'BACKEND_FAILED', retryable: false }

/**
 * What the names of AWS (API reference, "Common errors" and those of the item operations), of the SDK and the
 * codes of Node's sockets mean to us. What isn't listed goes by its HTTP status.
 */
const meanings: Readonly<Record<string, Meaning>> = {
  ResourceNotFoundException: missing,
  TableNotFoundException: missing,

  AccessDenied: denied,
  AccessDeniedException: denied,
  CredentialsProviderError: denied,
  ExpiredToken: denied,
  ExpiredTokenException: denied,
  IncompleteSignature: denied,
  IncompleteSignatureException: denied,
  InvalidClientTokenId: denied,
  InvalidSignatureException: denied,
  MissingAuthenticationToken: denied,
  MissingAuthenticationTokenException: denied,
  NotAuthorized: denied,
  OptInRequired: denied,
  SignatureDoesNotMatch: denied,
  TokenProviderError: denied,
  UnrecognizedClientException: denied,

  LimitExceededException: throttled,
  ProvisionedThroughputExceededException: throttled,
  RequestLimitExceeded: throttled,
  ThrottledException: throttled,
  Throttling: throttled,
  ThrottlingException: throttled,
  TooManyRequestsException: throttled,

  ReplicatedWriteConflictException: contended,
  ResourceInUseException: contended,
  TransactionConflictException: contended,
  TransactionInProgressException: contended,

  EAI_AGAIN: unreachable,
  ECONNREFUSED: unreachable,
  ECONNRESET: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ENOTFOUND: unreachable,
  EPIPE: unreachable,
  EPROTO: unreachable,
  ETIMEDOUT: unreachable,
  InternalFailure: unreachable,
  InternalServerError: unreachable,
  ServiceUnavailable: unreachable,
  ServiceUnavailableException: unreachable,
  TimeoutError: unreachable,

  CERT_HAS_EXPIRED: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
}

/** Why a transaction was cancelled (API reference, TransactWriteItems): the first of its actions that says more than `None`. */
const reasonMeanings: Readonly<Record<string, Meaning>> = {
  // The conditions on heads are looked at before this is asked: it is the upload's marker, which was swept.
  ConditionalCheckFailed: contended,
  ProvisionedThroughputExceeded: throttled,
  ThrottlingError: throttled,
  TransactionConflict: contended,
}

/** Failures before a byte of the request was sent. */
const neverSent = new Set(['EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND'])

export interface FailedCall {
  readonly backend: string
  readonly table: string
  readonly operation: string
  /** The failures of all attempts that the SDK made, when it depends on this call whether a slot was written. */
  readonly writeAttempts?: readonly unknown[]
  readonly cause: unknown
}

/**
 * The BackendError for a failed call. OUTCOME_UNKNOWN when any attempt at a write ended without an answer that
 * settles it: after a 500 "the operation may have succeeded or failed" (Developer Guide, "Error handling with
 * DynamoDB"), and what the SDK's last attempt was told says nothing about those before.
 */
export function dynamodbError({ backend, table, operation, writeAttempts, cause }: FailedCall): BackendError {
  const { name, code, status } = factsOf(cause)
  const says = name ?? code ?? 'unknown error'
  const options = { backend, operation, cause }
  if (writeAttempts?.some(isUnsettled))
    return new BackendError(
      'OUTCOME_UNKNOWN',
      `The table "${table}" may or may not have been written: no answer to ${operation} (${says}).`,
      { ...options, retryable: true },
    )
  const meaning =
    meaningOfReasons(cause) ?? meaningOf(name) ?? meaningOf(code) ?? (status >= 500 ? unreachable : failed)
  return new BackendError(
    meaning.code,
    `The table "${table}" failed at ${operation} (${code === undefined || code === says ? says : `${says}, ${code}`}).`,
    { ...options, retryable: meaning.retryable },
  )
}

/** What each action of a cancelled transaction came to, in their order; `undefined` when this is none. */
export function cancellationReasons(cause: unknown): readonly CancellationReason[] | undefined {
  if (!(cause instanceof Error) || cause.name !== 'TransactionCanceledException') return undefined
  return (cause as Error & { CancellationReasons?: CancellationReason[] }).CancellationReasons ?? []
}

function meaningOfReasons(cause: unknown): Meaning | undefined {
  const code = cancellationReasons(cause)?.find(({ Code }) => Code !== undefined && Code !== 'None')?.Code
  return code !== undefined && Object.hasOwn(reasonMeanings, code) ? reasonMeanings[code] : undefined
}

/** Settled is what the service refused (4xx but a request timeout) and what never left this machine. */
export function isUnsettled(attempt: unknown): boolean {
  const { code, syscall, status } = factsOf(attempt)
  const refused = status >= 400 && status < 500 && status !== 408
  const unsent = syscall === 'connect' || neverSent.has(code ?? '')
  return !refused && !unsent && meaningOf(code) !== untrusted
}

function meaningOf(key: string | undefined): Meaning | undefined {
  return key !== undefined && Object.hasOwn(meanings, key) ? meanings[key] : undefined
}

function factsOf(cause: unknown): { name?: string; code?: string; syscall?: string; status: number } {
  if (!(cause instanceof Error)) return { status: 0 }
  const { name, code, syscall, $metadata } = cause as Error & {
    code?: unknown
    syscall?: unknown
    $metadata?: { httpStatusCode?: number }
  }
  return {
    name,
    ...(typeof code === 'string' && { code }),
    ...(typeof syscall === 'string' && { syscall }),
    status: $metadata?.httpStatusCode ?? 0,
  }
}
