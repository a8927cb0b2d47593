import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { buffer } from 'node:stream/consumers'
import type { Readable, Writable } from 'node:stream'

export const mainFile = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** What commands print with `--json`, all of them together; what is absent is so in spite of its type. */
export interface Printed {
  [key: string]: unknown
  error: { code: string; message: string; hint: string; causes: string[] }
  problems: { pointer: string; problem: string }[]
  config: { keyring: { type: string } }
  revision: number
  digest: string
  revisions: { revision: number; digest: string; size: number }[]
  receipt: { committed: boolean | 'unknown' }
  stored: Record<string, unknown>
  attempts: { code: string }[]
  encryptedDataKeys: { providerInfo: string }[]
}

export interface Outcome {
  exit: number | null
  stdout: Buffer
  stderr: string
  /** What `--json` printed. */
  json: Printed
  /** `CODE` of `sealring: CODE: message`. */
  code: string | undefined
  hint: string | undefined
}

export interface RunOptions {
  cwd: string
  input?: string | Uint8Array
  env?: Record<string, string>
}

export type Running = ChildProcessByStdio<Writable, Readable, Readable>

/** Start the compiled command with nothing of this machine's AWS settings. */
export function startSealring(args: readonly string[], { cwd, env = {} }: RunOptions): Running {
  return spawn(process.execPath, [mainFile, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, AWS_EC2_METADATA_DISABLED: 'true', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

/** Run the compiled command to its end. */
export async function sealring(args: readonly string[], options: RunOptions): Promise<Outcome> {
  const child = startSealring(args, options)
  child.stdin.on('error', () => undefined) // the command may end before it has read everything
  child.stdin.end(options.input ?? '')
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const [exit, stdout, stderr] = await Promise.all([
    ended,
    buffer(child.stdout),
    buffer(child.stderr).then((bytes) => bytes.toString()),
  ])
  const line = (pattern: RegExp) => pattern.exec(stderr)?.[1]
  return {
    exit,
    stdout,
    stderr,
    get json() {
      const printed: Printed = JSON.parse(stdout.toString())
      return printed
    },
    code: line(/^sealring: ([A-Z_]+): /m),
    hint: line(/^hint: (.+)$/m),
  }
}
