import type { LocationFailure } from '@sealring/core'

/** One line for stderr: something did not go as it should, but the command goes on. */
export function warning(text: string): string {
  return `sealring: warning: ${text}`
}

/** What went wrong at single locations on the way to a result. */
export function failureWarnings(failures: readonly LocationFailure[]): string[] {
  return failures.map(({ location, operation, code, message }) =>
    warning(`${location}: ${operation}: ${code}: ${message}`),
  )
}
