import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vectorsFolder } from '../vectors/vector-files.js'
import type { LanguageCheck } from './check-language.js'
import { judge, readReport } from './judge.js'
import { presetKms, readKeyringKeys } from './keyring-keys.js'
import {
  finishKeyringFolder,
  keyringPlan,
  openKeyringMessages,
  prepareKeyringFolder,
  sealKeyringMessages,
} from './keyring-messages.js'
import { runProgram } from './run-program.js'

/** Where messages of other SDKs' ECDH and KMS RSA keyrings are kept, a folder each, with a final slash. */
export const keptKeyringsFolder = `${vectorsFolder}interop-keyrings/`

/** Languages whose program has these keyrings. */
export const keyringLanguages: readonly string[] = ['go', 'java', 'python']

export function keptKeyringLanguages(): string[] {
  return readdirSync(keptKeyringsFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
}

/**
 * Both directions between an SDK and us with the ECDH and KMS RSA keyrings, KMS being kms-mock with preset keys, which both
 * reach over HTTP with their unmodified clients. Returns the faults, one line each.
 */
export async function checkKeyrings({ language, command, keep, say }: LanguageCheck): Promise<string[]> {
  const faults: string[] = []
  const kms = presetKms(readKeyringKeys())
  const server = await kms.listen()
  const { credentials } = kms.clientConfig()
  const options = {
    clientConfig: { endpoint: server.url, maxAttempts: 1, ...(credentials && { credentials }) },
  }
  const env = { SEALRING_KMS_ENDPOINT: server.url }
  const scratch = mkdtempSync(join(tmpdir(), 'sealring-interop-'))

  async function theyOpen(from: string, manifest: string): Promise<void> {
    const { output } = await runProgram(command, ['open', manifest], env)
    const report = readReport(output)
    const ids = keyringPlan.map(({ id }) => id)
    faults.push(
      ...judge(report, from, ids, []).map((fault) => `${language} reads keyrings of ${from}: ${fault}`),
    )
    say(`${language} reads keyrings of ${from}: ${report.opened} opened of ${ids.length}`)
  }

  try {
    await theyOpen('sealring', await sealKeyringMessages(join(scratch, 'sealring'), options))

    const theirs = join(keep ? keptKeyringsFolder : scratch, language)
    if (keep) rmSync(theirs, { recursive: true, force: true })
    prepareKeyringFolder(theirs)
    const { output } = await runProgram(command, ['write', theirs], env)
    const version = /^wrote \d+ with (\S+)$/.exec(output.trim())?.[1]
    if (version === undefined) return [...faults, `${language} writes keyrings, and ends with: ${output}`]
    finishKeyringFolder(theirs, { name: `aws-encryption-sdk-${language}`, version })
    const { opened, faults: found } = await openKeyringMessages(theirs, options)
    say(`we read keyrings of ${language}, written just now: ${opened} opened of ${keyringPlan.length}`)
    faults.push(...found.map((fault) => `we read keyrings of ${language}: ${fault}`))
    if (opened !== keyringPlan.length) faults.push(`we read keyrings of ${language}: not all`)
    say(
      `calls of both: ${kms.calls.count('DeriveSharedSecret')} DeriveSharedSecret, ${kms.calls.count('Decrypt')} Decrypt`,
    )
  } finally {
    rmSync(scratch, { recursive: true })
    await server.close()
  }
  return faults
}
