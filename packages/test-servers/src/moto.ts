import { fileURLToPath } from 'node:url'
import type { GuardedCommand } from './guard.js'
import { cachedFile } from './installed-file.js'

const PYTHON = ['moto', 'bin', 'python']
const SCRIPT = fileURLToPath(new URL('../src/moto_server.py', import.meta.url))

/** What moto needs on disk; it answers for S3 and for DynamoDB alike. */
export const motoFiles = (): string[] => [cachedFile(...PYTHON)]

/** Serves moto on a loopback port, one request at a time. */
export const motoCommand = (port: number): Omit<GuardedCommand, 'folder'> => ({
  command: cachedFile(...PYTHON),
  args: [SCRIPT, String(port)],
})
