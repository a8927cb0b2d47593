/** Errors of AWS's services that say "not now" (API reference, "Common errors"): throttling, and timeouts behind the service. */
const names: ReadonlySet<string> = new Set([
  'DependencyTimeoutException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestTimeout',
  'RequestTimeoutException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TimeoutError',
  'TooManyRequestsException',
])

/** Node's codes for a network that doesn't carry: no name, no route, no listener, a connection that is cut. */
const codes: ReadonlySet<unknown> = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
])

/** Too many requests; a gateway that reaches nobody behind it. */
const statuses: ReadonlySet<unknown> = new Set([429, 503, 504])

const maxDepth = 16

function httpStatus(error: Error): unknown {
  const metadata: unknown = Reflect.get(error, '$metadata')
  return typeof metadata === 'object' && metadata !== null
    ? Reflect.get(metadata, 'httpStatusCode')
    : undefined
}

/**
 * True for a timeout, a network error or throttling: what passes without anything being changed. An answer that refuses
 * (AccessDenied, a disabled key) is none, nor is an AggregateError that holds one. What a wrapping error says counts
 * before its cause.
 */
export function isOutage(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > maxDepth) return false
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.every((part) => isOutage(part, depth + 1))
  }
  if (names.has(error.name) || ('code' in error && codes.has(error.code))) return true
  // A service has spoken: what lies below is how its answer was read.
  if ('$fault' in error) return statuses.has(httpStatus(error))
  return isOutage(error.cause, depth + 1)
}
