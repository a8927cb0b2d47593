import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const version = spawnSync('openssl', ['version'], { encoding: 'utf8' }).stdout ?? ''

/** Whether OpenSSL 3 or later is on the machine; it knows SM2's signatures and raw messages, older ones and LibreSSL don't. */
export const hasOpenssl = /^OpenSSL [3-9]\./.test(version)

/** The title of what is skipped without it. */
export const withOpenssl = (title: string): string =>
  hasOpenssl ? title : `${title} (skipped: no OpenSSL 3 command on this machine)`

/** `$name` in the arguments stands for a file with these bytes. Gives what OpenSSL wrote, or undefined when it refused. */
export const openssl = (
  args: readonly string[],
  files: Readonly<Record<string, Uint8Array>>,
): Buffer | undefined => {
  const folder = mkdtempSync(join(tmpdir(), 'sealring-kms-mock-'))
  try {
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes)
    const { status, stdout } = spawnSync(
      'openssl',
      args.map((argument) => (argument.startsWith('$') ? join(folder, argument.slice(1)) : argument)),
    )
    return status === 0 ? stdout : undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The same where OpenSSL is not to refuse. */
export const opensslOutput = (...given: Parameters<typeof openssl>): Buffer => {
  const output = openssl(...given)
  if (output === undefined) throw new Error(`openssl ${given[0].join(' ')} refused`)
  return output
}
