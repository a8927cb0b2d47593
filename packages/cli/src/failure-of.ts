import { CommanderError } from 'commander'
import type { Command } from 'commander'
import { CliError } from './cli-error.js'
import type { Session } from './session.js'
import { usageError } from './usage-error.js'

/** What to report for something that was thrown: the parser's errors and interruptions in our own words. */
export function failureOf(error: unknown, program: Command, { signal }: Session): unknown {
  if (error instanceof CommanderError) {
    const name = program.args[0]
    const command = program.commands.find((candidate) => candidate.name() === name)
    return usageError(error, command?.name())
  }
  if (signal.aborted && !(error instanceof CliError))
    return new CliError('INTERRUPTED', 'Interrupted.', { cause: error })
  return keyUnavailable(error) ?? error
}

/** The keyring is made when the store asks for a key, so the store wraps what we have to say about it. */
function keyUnavailable(error: unknown): CliError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof CliError && cause.code === 'KEY_UNAVAILABLE') return cause
  return undefined
}
