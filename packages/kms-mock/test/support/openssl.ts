import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether OpenSSL's command line, 3.0 or later, is there; tests that need it are skipped otherwise. */
export const hasOpenssl = (): boolean => {
  const { status, stdout } = spawnSync('openssl', ['version'], { encoding: 'utf8' })
  return status === 0 && /^OpenSSL [3-9]\./.test(stdout)
}

/** Runs it on files with these contents; an argument that is a file's name becomes its path. Gives standard output. */
export const openssl = (files: Readonly<Record<string, Uint8Array>>, ...given: string[]): Buffer => {
  const folder = mkdtempSync(join(tmpdir(), 'sealring-kms-mock-'))
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    const args = given.map((argument) => (Object.hasOwn(files, argument) ? join(folder, argument) : argument))
    return execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
