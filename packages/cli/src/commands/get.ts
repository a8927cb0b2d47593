import type { Command } from 'commander'
import type { GetOptions } from '@sealring/core'
import { contextPairs, oneOf, wholeNumber } from '../option-values.js'
import type { GlobalOptions, Session } from '../session.js'

export interface GetCommandOptions extends GlobalOptions {
  out?: string
  force?: true
  revision?: number
  freshness?: NonNullable<GetOptions['freshness']>
  context?: Record<string, string>
  withPlaintext?: true
}

const examples = `
Nothing is printed before the whole entry was opened and authenticated. A dead or
damaged location doesn't fail the command: the next one is asked, and a warning on
stderr names what went wrong.

Examples:
  sealring get billing/db-password
  sealring get tls/wildcard.pem -o wildcard.pem      # mode 0600, never half-written
  sealring get billing/db-password --revision 2
  sealring get billing/db-password --freshness all   # ask every location for the latest
  sealring get app/config --context env=prod         # refuse an entry of another env
  sealring get app/config --json                     # digest, revision, context; no plaintext
  sealring get app/config --json --with-plaintext    # plus "plaintext" in base64
`

/** `sealring get NAME`. */
export function addGet(program: Command, session: Session): void {
  program
    .command('get')
    .summary('open an entry and print it, or write it to a file')
    .description(
      'Open an entry from the nearest intact copy and print its bytes, unchanged, on standard output.',
    )
    .argument('<name>', 'name of the entry')
    .option('-o, --out <file>', 'write to a file (mode 0600) instead of standard output')
    .option('--force', 'replace the file that -o names')
    .option('--revision <number>', 'this revision instead of the latest', wholeNumber('--revision', 1))
    .option(
      '--freshness <mode>',
      'where to look for the latest revision: nearest (default), arbiter, all',
      oneOf('--freshness', ['nearest', 'arbiter', 'all']),
    )
    .option(
      '--context <key=value>',
      'the entry must have been sealed with this pair; repeatable',
      contextPairs,
    )
    .option('--with-plaintext', 'with --json: include the plaintext, in base64')
    .addHelpText('after', examples)
    .action(async (name: string, _own: object, command: Command) => {
      const { get } = await import('../actions/get.js')
      await get(name, command.optsWithGlobals<GetCommandOptions>(), session)
    })
}
