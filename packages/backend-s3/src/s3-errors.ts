import { BackendError } from '@sealring/core'
import type { BackendErrorCode } from '@sealring/core'

/** Which call of which location failed. */
export interface FailedCall {
  readonly backend: string
  readonly bucket: string
  /** The method of the Backend interface. */
  readonly operation: string
}

interface Meaning {
  readonly code: BackendErrorCode
  readonly retryable: boolean
  /** A write that ended so may have been stored all the same. */
  readonly open: boolean
  readonly says: string
}

const meaning = (code: BackendErrorCode, says: string, flags: Partial<Meaning> = {}): Meaning => ({
  code,
  retryable: false,
  open: false,
  says,
  ...flags,
})

const meanings = {
  noBucket: meaning(
    'LOCATION_NOT_FOUND',
    'there is no such bucket: check its name, and the region and endpoint of the client',
  ),
  elsewhere: meaning('LOCATION_NOT_FOUND', 'the bucket is in another region: give the client that region'),
  denied: meaning('ACCESS_DENIED', 'access was denied'),
  credentials: meaning('ACCESS_DENIED', 'the credentials were not accepted, or the clock is wrong'),
  key: meaning(
    'ACCESS_DENIED',
    "the bucket's KMS key refuses: check its state, and the caller's right to use it",
  ),
  throttled: meaning('THROTTLED', 'S3 asks to slow down', { retryable: true }),
  conflict: meaning('WRITE_CONFLICT', 'another write to the same object was under way: try again', {
    retryable: true,
  }),
  archived: meaning(
    'BLOB_ARCHIVED',
    'the object is archived: restore it to a storage class that can be read',
  ),
  uploadGone: meaning('BACKEND_FAILED', 'the upload was removed before it was complete: try again', {
    retryable: true,
  }),
  damaged: meaning('BLOB_DAMAGED', 'the bytes were damaged on their way', { retryable: true }),
  tooLarge: meaning('BLOB_TOO_LARGE', 'S3 does not take that many bytes in one request'),
  slow: meaning('UNREACHABLE', 'S3 gave up waiting for the request', { retryable: true }),
  unheard: meaning('UNREACHABLE', 'there was no answer in time', { retryable: true, open: true }),
  lost: meaning('UNREACHABLE', 'the connection was lost', { retryable: true, open: true }),
  unconnected: meaning('UNREACHABLE', 'no connection could be made', { retryable: true }),
  untrusted: meaning('UNREACHABLE', 'the TLS certificate of the endpoint was not accepted'),
  down: meaning('UNREACHABLE', 'the service failed', { retryable: true, open: true }),
  unknown: meaning('BACKEND_FAILED', 'the request failed', { open: true }),
  refused: meaning('BACKEND_FAILED', 'the request was refused'),
} as const

/** What S3 calls its errors (API reference, "Error responses"), what the SDK and Node call theirs. */
const byName: Readonly<Record<string, Meaning>> = {
  NoSuchBucket: meanings.noBucket,
  InvalidBucketName: meanings.noBucket,
  PermanentRedirect: meanings.elsewhere,
  TemporaryRedirect: meanings.elsewhere,
  AuthorizationHeaderMalformed: meanings.elsewhere,
  IllegalLocationConstraintException: meanings.elsewhere,
  AccessDenied: meanings.denied,
  Forbidden: meanings.denied,
  AllAccessDisabled: meanings.denied,
  AccountProblem: meanings.denied,
  NotSignedUp: meanings.denied,
  CredentialsProviderError: meanings.credentials,
  TokenProviderError: meanings.credentials,
  ExpiredToken: meanings.credentials,
  InvalidToken: meanings.credentials,
  InvalidAccessKeyId: meanings.credentials,
  SignatureDoesNotMatch: meanings.credentials,
  RequestTimeTooSkewed: meanings.credentials,
  'KMS.AccessDeniedException': meanings.key,
  'KMS.DisabledException': meanings.key,
  'KMS.InvalidStateException': meanings.key,
  'KMS.KMSInvalidStateException': meanings.key,
  'KMS.NotFoundException': meanings.key,
  'KMS.InvalidKeyUsageException': meanings.key,
  SlowDown: meanings.throttled,
  Throttling: meanings.throttled,
  ThrottlingException: meanings.throttled,
  RequestLimitExceeded: meanings.throttled,
  TooManyRequestsException: meanings.throttled,
  BandwidthLimitExceeded: meanings.throttled,
  ConditionalRequestConflict: meanings.conflict,
  OperationAborted: meanings.conflict,
  // Within a 200 that began before the request was carried out, names come with the SDK's status 503.
  PreconditionFailed: meanings.refused,
  NoSuchUpload: meanings.uploadGone,
  InvalidObjectState: meanings.archived,
  BadDigest: meanings.damaged,
  InvalidDigest: meanings.damaged,
  XAmzContentSHA256Mismatch: meanings.damaged,
  XAmzContentChecksumMismatch: meanings.damaged,
  IncompleteBody: meanings.damaged,
  EntityTooLarge: meanings.tooLarge,
  MaxMessageLengthExceeded: meanings.tooLarge,
  // In answers that list errors, or begin with 200, there is no status to go by.
  InternalError: meanings.down,
  ServiceUnavailable: meanings.down,
  RequestTimeout: meanings.slow,
  TimeoutError: meanings.unheard,
}

/** `code` of Node's system and TLS errors. */
const bySystemCode: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: meanings.unconnected,
  ENOTFOUND: meanings.unconnected,
  EAI_AGAIN: meanings.unconnected,
  ECONNRESET: meanings.lost,
  ECONNABORTED: meanings.lost,
  EPIPE: meanings.lost,
  ETIMEDOUT: meanings.lost,
  EHOSTUNREACH: meanings.lost,
  ENETUNREACH: meanings.lost,
  ENETDOWN: meanings.lost,
  ERR_STREAM_PREMATURE_CLOSE: meanings.lost,
  CERT_HAS_EXPIRED: meanings.untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: meanings.untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: meanings.untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: meanings.untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: meanings.untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: meanings.untrusted,
}

/** Answers without a body (those to HEAD), and names that aren't listed above. */
const byStatus: Readonly<Record<number, Meaning>> = {
  301: meanings.elsewhere,
  307: meanings.elsewhere,
  401: meanings.denied,
  403: meanings.denied,
  404: meanings.noBucket,
  409: meanings.conflict,
  413: meanings.tooLarge,
  429: meanings.throttled,
}

/** What a caller without the permission is told to ask for. */
const permissions: Readonly<Record<string, string>> = {
  create: 's3:PutObject and s3:GetObject on the entries',
  replace: 's3:PutObject and s3:GetObject on the entries',
  read: 's3:GetObject on the entries',
  stat: 's3:GetObject on the entries',
  latest: 's3:GetObject on the entries',
  revisions: 's3:GetObject on the entries',
  createSidecar: 's3:PutObject on the sidecars',
  readSidecar: 's3:GetObject on the sidecars',
  deleteSidecar: 's3:DeleteObject on the sidecars',
  sweepUploads: 's3:AbortMultipartUpload on the entries, s3:ListBucketMultipartUploads on the bucket',
}

interface Failure {
  readonly name?: unknown
  readonly code?: unknown
  readonly syscall?: unknown
  readonly message?: unknown
  readonly $metadata?: { readonly httpStatusCode?: number }
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> }
}

/** The failure, as the Backend contract words it, with `error` as its cause. */
export function backendError(error: unknown, call: FailedCall): BackendError {
  const { code, retryable, says } = meaningOf(error)
  const hint = code === 'ACCESS_DENIED' ? permissionHint(call.operation) : ''
  return new BackendError(code, `${where(call)}: ${says}${hint} (${label(error)}).`, {
    backend: call.backend,
    operation: call.operation,
    retryable,
    cause: error,
  })
}

/** A write may or may not have been stored. `error` is what came instead of the acknowledgement. */
export function outcomeUnknown(error: unknown, call: FailedCall): BackendError {
  const message = `${where(call)}: the bytes may or may not have been stored; look before writing anything else (${label(error)}).`
  const { backend, operation } = call
  return new BackendError('OUTCOME_UNKNOWN', message, { backend, operation, retryable: true, cause: error })
}

/** Whether a write that ended with this error may have been stored all the same. */
export const leavesWriteOpen = (error: unknown): boolean => meaningOf(error).open

/** The object is absent. A HEAD is answered 404 without a name when the bucket is absent as well. */
export const isAbsent = (error: unknown): boolean => statusOf(error) === 404 && named(error) === undefined

/** The current version of the object is a delete marker (user guide, "Working with delete markers"). */
export const isDeleteMarker = (error: unknown): boolean =>
  isAbsent(error) && fieldsOf(error).$response?.headers?.['x-amz-delete-marker'] === 'true'

/** The caller may not do that. */
export const isDenied = (error: unknown): boolean => meaningOf(error) === meanings.denied

/** The service lacks the operation. */
export const isNotImplemented = (error: unknown): boolean =>
  statusOf(error) === 501 || statusOf(error) === 405

/** A multipart upload was completed or removed. */
export const isUploadGone = (error: unknown): boolean => named(error) === meanings.uploadGone

/** The condition of a conditional write does not hold. */
export const isPreconditionFailed = (error: unknown): boolean =>
  statusOf(error) === 412 || nameOf(error) === 'PreconditionFailed'

/** A write to the same key was under way; which one won is to be looked up. */
export const isConflict = (error: unknown): boolean =>
  statusOf(error) === 409 || named(error) === meanings.conflict

/** A range begins after the last byte. */
export const isRangeNotSatisfiable = (error: unknown): boolean => statusOf(error) === 416

// Names and codes are the server's choice: 'constructor' is none of ours.
const own = <Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined

const named = (error: unknown) => own(byName, nameOf(error))

function meaningOf(error: unknown): Meaning {
  const { code, syscall, message } = fieldsOf(error)
  const status = statusOf(error)
  const known = named(error) ?? (status === undefined ? undefined : byStatus[status])
  if (known) return known
  // 501: the service lacks what was asked, a conditional write perhaps; it did nothing.
  if (status !== undefined) return status >= 500 && status !== 501 ? meanings.down : meanings.refused
  if (syscall === 'connect' || syscall === 'getaddrinfo') return meanings.unconnected
  // The SDK gives these two no name or code of their own.
  if (String(message).startsWith('Checksum mismatch')) return meanings.damaged
  if (String(message).startsWith('Connection lost')) return meanings.lost
  return own(bySystemCode, String(code)) ?? meanings.unknown
}

function permissionHint(operation: string): string {
  const objects = permissions[operation]
  const listing = 's3:ListBucket on the bucket (without it S3 answers 403 for what does not exist)'
  return `; "${operation}" needs ${objects === undefined ? '' : `${objects} and `}${listing}`
}

const where = ({ backend, bucket, operation }: FailedCall) =>
  `"${operation}" at "${backend}" (bucket ${bucket})`

const label = (error: unknown) => {
  const { code } = fieldsOf(error)
  return [nameOf(error), typeof code === 'string' ? code : undefined, statusOf(error)]
    .filter((part) => part !== undefined)
    .join(' ')
}

const fieldsOf = (error: unknown): Failure => (typeof error === 'object' && error !== null ? error : {})

const nameOf = (error: unknown) => String(fieldsOf(error).name)

const statusOf = (error: unknown) => fieldsOf(error).$metadata?.httpStatusCode
