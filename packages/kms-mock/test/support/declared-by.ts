import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const commands = join(
  dirname(createRequire(import.meta.url).resolve('@aws-sdk/client-kms/package.json')),
  'dist-types/commands',
)

/** The errors that the installed client declares for an operation as faults of the client, or of the server. */
export const declaredBy = (operation: string, fault: 'client' | 'server'): string[] => {
  const documentation = readFileSync(join(commands, `${operation}Command.d.ts`), 'utf8')
  const pattern = new RegExp(String.raw`@throws \{@link (\w+)\} \(${fault} fault\)`, 'g')
  return [...documentation.matchAll(pattern)].map(([, name]) => name!)
}
