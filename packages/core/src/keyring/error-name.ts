const maxDepth = 16

function* causes(error: unknown, depth: number): Generator<Error> {
  if (!(error instanceof Error) || depth > maxDepth) return
  yield error
  if (error instanceof AggregateError) for (const part of error.errors) yield* causes(part, depth + 1)
  yield* causes(error.cause, depth + 1)
}

/** True for what a service answered; the SDK gives `$metadata`, but no `$fault`, to network errors as well. */
function isServiceError(error: Error): boolean {
  return '$fault' in error
}

/**
 * AWS's own name of what went wrong ('DisabledException', 'AccessDeniedException', …), wherever it lies among the
 * causes of `error`; `undefined` when AWS was not the one who refused.
 */
export function awsErrorName(error: unknown): string | undefined {
  for (const cause of causes(error, 0)) if (isServiceError(cause)) return cause.name
  return undefined
}

/** A short name for a failure: AWS's, a system error's code ('ECONNREFUSED'), or the error's class. */
export function failureName(error: unknown): string {
  const name = awsErrorName(error)
  if (name !== undefined) return name
  for (const cause of causes(error, 0)) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code
  }
  return error instanceof Error ? error.name : typeof error
}
