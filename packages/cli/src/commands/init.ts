import type { Command } from 'commander'
import type { KmsConfig, LocationConfig } from '../config/config.js'
import { oneOf } from '../option-values.js'
import type { GlobalOptions, Session } from '../session.js'

export interface InitOptions extends GlobalOptions {
  local?: true
  store?: string
  kmsKey?: string[]
  region?: KmsConfig['region']
  aesKeyFile?: string
  aesKeyEnv?: string
  location?: string[]
  arbiter?: LocationConfig['id']
  suite?: 'signed' | 'unsigned'
  createTables?: true
}

const examples = `
Writes sealring.config.json (or what --config names), and never overwrites one.

To try it, --local: a key of the embedded KMS in .sealring/kms.json (whoever reads that
file opens every entry, so every use of the key prints a warning) and two folders under
.sealring/ that play two locations.

For real use, a store id, a key and locations, the nearest first:
  --location dynamodb:TABLE[@REGION]       a table as --create-tables makes it
  --location s3:BUCKET[/PREFIX][@REGION]   a bucket
  --location file:FOLDER                   a folder
Put ID= in front to choose a location's id: --location near=dynamodb:secrets.
The first location orders writers (the arbiter), unless --arbiter names another one.
Credentials come from the environment, as for every AWS tool, and are never written.
"endpoint", for servers other than AWS's, is added in the file.

Examples:
  sealring init --local
  sealring init --store prod --kms-key alias/sealring --region eu-central-1 \\
    --location dynamodb:secrets --location s3:acme-secrets/sealring --create-tables
  sealring init --store prod --kms-key arn:aws:kms:eu-central-1:111122223333:key/KEY-ID \\
    --location dynamodb:secrets@eu-central-1 --location s3:acme-copy@eu-west-1
  openssl rand -base64 32 > key && chmod 600 key
  sealring init --store lab --aes-key-file key --location file:/srv/a --location file:/mnt/b
`

/** `sealring init`. */
export function addInit(program: Command, session: Session): void {
  program
    .command('init')
    .summary('write sealring.config.json: the key, and the locations in order')
    .description('Write sealring.config.json: which key seals, and where the copies are kept, in order.')
    .option('--local', 'set up a key and two folders right here, to try it')
    .option('--store <id>', 'id of the store, bound into every entry (with --local: local)')
    .option('--kms-key <key>', 'KMS key ARN, alias or id; repeat for further keys that can open', collect)
    .option('--region <region>', 'AWS region of the key and of locations that name none')
    .option('--aes-key-file <file>', 'instead of KMS: a file with an AES key in base64')
    .option('--aes-key-env <name>', 'instead of KMS: an environment variable with an AES key in base64')
    .option('--location <place>', 'a location: dynamodb:…, s3:… or file:…; repeatable, in order', collect)
    .option('--arbiter <id>', 'id of the location that orders writers (default: the first)')
    .option('--suite <suite>', 'signed (default) or unsigned', oneOf('--suite', ['signed', 'unsigned']))
    .option('--create-tables', 'create the DynamoDB tables, too, unless they exist')
    .addHelpText('after', examples)
    .action(async (_own: object, command: Command) => {
      const { init } = await import('../actions/init.js')
      await init(command.optsWithGlobals<InitOptions>(), session)
    })
}

function collect(value: string, before: string[] = []): string[] {
  return [...before, value]
}
