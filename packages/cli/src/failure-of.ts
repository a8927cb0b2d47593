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
  return error
}
