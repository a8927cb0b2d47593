import type { CommanderError } from 'commander'
import { CliError } from './cli-error.js'

const messages: Readonly<Record<string, string>> = {
  'commander.help': 'A command is missing.',
  'commander.unknownCommand': 'There is no such command.',
  'commander.unknownOption': 'There is an unknown option.',
  'commander.excessArguments': 'There are too many arguments.',
}

const hints: Readonly<Record<string, string>> = {
  'commander.excessArguments':
    'a value is never given as an argument: printf %s "$VALUE" | sealring put NAME; quote names with spaces',
}

/**
 * A USAGE error for what the parser refused. What was typed is not repeated, since it may be a secret that was
 * meant for standard input; only the parser's suggestion and the names of our own arguments are.
 */
export function usageError(error: CommanderError, command: string | undefined): CliError {
  const ours =
    /^error: (missing required argument '[a-z-]+'|option '[^']*' argument missing|option '[^']*' cannot .*)/
  const message =
    messages[error.code] ?? capitalized(ours.exec(error.message)?.[1]) ?? 'It is not understood.'
  const suggestion = /\(Did you mean (.+)\?\)/.exec(error.message)?.[1]
  const help = command === undefined ? 'sealring --help' : `sealring ${command} --help`
  const hint =
    suggestion === undefined
      ? (hints[error.code] ?? `\`${help}\` shows what it takes`)
      : `did you mean ${suggestion}?`
  return new CliError('USAGE', message, { hint })
}

function capitalized(text: string | undefined): string | undefined {
  return text === undefined ? undefined : `${text[0]!.toUpperCase()}${text.slice(1)}.`
}
