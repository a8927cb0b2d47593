import { npmFile } from './installed-file.js'
import { motoCommand, motoFiles } from './moto.js'
import { processServer } from './process-server.js'
import type { ServerRow } from './process-server.js'
import type { ServerKind } from './server-kind.js'

const DYNOXIDE = `@dynoxide/${process.platform}-${process.arch}`

const ROWS: readonly ServerRow<object>[] = [
  {
    id: 'dynoxide',
    from: 'npm',
    files: () => [npmFile(DYNOXIDE, 'dynoxide')],
    command: (port) => ({
      command: npmFile(DYNOXIDE, 'dynoxide')!,
      args: ['serve', '--host', '127.0.0.1', '--port', String(port)],
    }),
    clientOptions: {},
  },
  {
    id: 'dynalite',
    from: 'npm',
    files: () => [npmFile('dynalite', 'cli.js')],
    command: (port) => ({
      command: process.execPath,
      args: [
        npmFile('dynalite', 'cli.js')!,
        '--host',
        '127.0.0.1',
        '--port',
        String(port),
        '--createTableMs',
        '0',
        '--deleteTableMs',
        '0',
      ],
    }),
    clientOptions: {},
  },
  {
    id: 'moto',
    from: 'cache',
    files: motoFiles,
    command: motoCommand,
    clientOptions: {},
  },
]

/** Every DynamoDB server that this package knows how to start, the default first. */
export function dynamodbServerKinds(): readonly ServerKind[] {
  return ROWS.map((row) => processServer('dynamodb', row))
}
