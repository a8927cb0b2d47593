import type { Command } from 'commander'
import type { GlobalOptions, Session } from '../session.js'

export interface VerifyCommandOptions extends GlobalOptions {
  open?: true
}

const examples = `
Every copy of every revision is read and compared with the arbiter's digest:
  agreed       the same bytes
  differs      other, or damaged, bytes
  missing      not there
  foreign      a revision that the arbiter doesn't have
  unreachable  the location could not be asked
That says nothing about who wrote them: with --open the arbiter's copies are opened
with the key as well, and the chain from revision to revision is checked.

Examples:
  sealring verify
  sealring verify billing/ --open
  sealring verify --json | jq '.findings'

Exits with 0 when everything agrees, 11 when something doesn't, 8 when nothing was
found to differ but a location could not be asked.
`

/** `sealring verify [PREFIX]`. */
export function addVerify(program: Command, session: Session): void {
  program
    .command('verify')
    .summary("compare every copy with the arbiter's digest")
    .description("Compare every copy of every revision with the arbiter's digest.")
    .argument('[prefix]', 'only names that start with these characters')
    .option('--open', "open the arbiter's copies with the key and check the chain, too")
    .addHelpText('after', examples)
    .action(async (prefix: string | undefined, _own: object, command: Command) => {
      const { verify } = await import('../actions/verify.js')
      await verify(prefix, command.optsWithGlobals<VerifyCommandOptions>(), session)
    })
}
