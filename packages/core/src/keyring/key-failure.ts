import { KeyringError, type KeyringErrorCode } from '../errors.js'

/** All failures as one `cause`: the error itself, or an AggregateError of several in the order they happened. */
function causeOf(failures: readonly unknown[]): unknown {
  return failures.length === 1 ? failures[0] : new AggregateError(failures, 'Every attempt failed')
}

/** A KeyringError that keeps each reason. `message` must hold no key bytes. */
export function keyFailure(
  code: KeyringErrorCode,
  message: string,
  failures: readonly unknown[],
): KeyringError {
  return new KeyringError(code, message, { cause: causeOf(failures) })
}
