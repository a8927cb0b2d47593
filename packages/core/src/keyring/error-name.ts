import { SealringError } from '../errors.js'

/** The error, what it holds if it is an AggregateError, and its causes, likewise; each once. */
export function* causes(error: unknown, seen = new Set<unknown>()): Generator<Error> {
  if (!(error instanceof Error) || seen.has(error)) return
  seen.add(error)
  yield error
  if (error instanceof AggregateError) for (const part of error.errors) yield* causes(part, seen)
  yield* causes(error.cause, seen)
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
  for (const cause of causes(error)) if (isServiceError(cause)) return cause.name
  return undefined
}

/** Names that say nothing. */
const plainNames: ReadonlySet<string> = new Set(['Error', 'AggregateError'])

function codeIn(errors: readonly Error[]): string | undefined {
  for (const error of errors) if ('code' in error && typeof error.code === 'string') return error.code
  return undefined
}

/** A short name for a failure: AWS's, a system error's code ('ECONNREFUSED'), or the error's class. */
export function failureName(error: unknown): string {
  const name = awsErrorName(error)
  if (name !== undefined) return name
  const all = [...causes(error)]
  // Our own codes say that something failed, not what.
  const foreign = all.filter((cause) => !(cause instanceof SealringError))
  const code = codeIn(foreign) ?? foreign.find(({ name }) => !plainNames.has(name))?.name ?? codeIn(all)
  if (code !== undefined) return code
  return error instanceof Error ? error.name : typeof error
}
