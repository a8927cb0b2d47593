import type { Command } from 'commander'
import { contextPairs, expectedRevision, wholeNumber } from '../option-values.js'
import type { ExpectedRevision } from '../option-values.js'
import type { GlobalOptions, Session } from '../session.js'

export interface PutCommandOptions extends GlobalOptions {
  context?: Record<string, string>
  copies?: number
  ifRevision?: ExpectedRevision
  requestId?: string
}

const examples = `
The value comes from a file or standard input, never from an argument: arguments
end up in shell histories and process lists.

Examples:
  printf %s "$DB_PASSWORD" | sealring put billing/db-password
  sealring put tls/wildcard.pem ./wildcard.pem --context env=prod
  sealring put billing/db-password new.txt --if-revision 3
  sealring put nightly/report report.pdf --request-id "$JOB_ID" --copies 2

Names are segments separated by /, 1 to 255 bytes, and public: they stand in the
sealed message's header and in CloudTrail, and so does the context.

If some locations can't be reached after the entry was stored at the arbiter, put
says which hold it and exits with 9; "sealring repair NAME" brings the others later.
`

/** `sealring put NAME [FILE]`. */
export function addPut(program: Command, session: Session): void {
  program
    .command('put')
    .summary('seal a file or standard input and keep it in every location')
    .description('Seal a file or standard input as the next revision of NAME, and keep it in every location.')
    .argument('<name>', 'name of the entry')
    .argument('[file]', 'file to seal, or - for standard input (the default)')
    .option('--context <key=value>', 'encryption context, public; repeatable', contextPairs)
    .option('--copies <number>', 'how many copies must confirm (default: all)', wholeNumber('--copies', 1))
    .option(
      '--if-revision <revision>',
      'write only on top of REVISION or REVISION:DIGEST; 0: only if NAME is new',
      expectedRevision,
    )
    .option('--request-id <id>', 'put again with the same id after a crash: no second revision')
    .addHelpText('after', examples)
    .action(async (name: string, file: string | undefined, _own: object, command: Command) => {
      const { put } = await import('../actions/put.js')
      await put(name, file, command.optsWithGlobals<PutCommandOptions>(), session)
    })
}
