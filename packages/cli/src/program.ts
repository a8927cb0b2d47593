import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { addAppoint } from './commands/appoint.js'
import { addDestroy } from './commands/destroy.js'
import { addExplain } from './commands/explain.js'
import { addGet } from './commands/get.js'
import { addHistory } from './commands/history.js'
import { addInit } from './commands/init.js'
import { addInspect } from './commands/inspect.js'
import { addList } from './commands/list.js'
import { addPut } from './commands/put.js'
import { addRepair } from './commands/repair.js'
import { addVerify } from './commands/verify.js'
import { exitCodes } from './exit-codes.js'
import type { Session } from './session.js'

const commands = [
  addInit,
  addPut,
  addGet,
  addList,
  addHistory,
  addVerify,
  addRepair,
  addDestroy,
  addAppoint,
  addInspect,
  addExplain,
]

const description = `Seals data once, under a key in AWS KMS or one of your own, and keeps the same
sealed bytes in several places: Amazon DynamoDB, Amazon S3, folders. Any copy opens,
also with any official AWS Encryption SDK.`

const examples = `
Try it, without any account:
  sealring init --local
  printf %s "s3cret" | sealring put demo/password
  sealring get demo/password

With your own key and places:
  sealring init --store prod --kms-key alias/sealring --region eu-central-1 \\
    --location dynamodb:secrets --location s3:acme-secrets/sealring

Output: what was asked for goes to standard output, everything else to standard error.
With --json, standard output is one JSON document; a failure's has an "error" with
code, message and hint.
`

/** The parser with all commands. What they need is loaded when one of them runs. */
export function createProgram(session: Session): Command {
  const program = new Command('sealring')
    .description(description)
    .usage('COMMAND [options]')
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help; `sealring COMMAND --help` for one command')
    .helpCommand(false)
    .option('--config <path>', 'configuration (default: $SEALRING_CONFIG, else ./sealring.config.json)')
    .option('--json', 'print one JSON document')
    .configureHelp({ showGlobalOptions: true, helpWidth: 90 })
    .configureOutput({
      writeOut: (text) => void session.stdout.write(text),
      writeErr: (text) => void session.stderr.write(text),
      // The message quotes what was typed: run() reports it instead.
      outputError: () => undefined,
    })
    .exitOverride()
    .addHelpText('after', examples)
    .addHelpText('after', exitCodeTable())
  for (const add of commands) add(program, session)
  return program
}

function exitCodeTable(): string {
  const rows = Object.values(exitCodes).map(({ exit, means }) => `  ${String(exit).padStart(3)}  ${means}`)
  return `Exit codes:\n${rows.join('\n')}\n`
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  const { version }: { version: string } = JSON.parse(manifest)
  return version
}
