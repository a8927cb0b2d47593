import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { runManifests } from '../vectors/run-manifest.js'
import { vectorClient } from '../vectors/vector-client.js'
import { vectorsFolder } from '../vectors/vector-files.js'
import { deviations } from './deviations.js'
import { deviating, judge, readReport } from './judge.js'
import { readManifest } from './manifest.js'
import { finishFolder, prepareFolder } from './message-plan.js'
import { runProgram } from './run-program.js'
import { sealMessages } from './seal-messages.js'

/** Where the messages that other SDKs wrote are kept, a folder each, with a final slash. */
export const keptFolder = `${vectorsFolder}interop/`

/** The languages of which messages are kept. */
export function keptLanguages(): string[] {
  return readdirSync(keptFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
}

export interface LanguageCheck {
  readonly language: string
  /** How to run its program: name and leading arguments. */
  readonly command: readonly string[]
  /** Keep what it writes as vectors in `test-vectors/interop/<language>`. */
  readonly keep: boolean
  readonly say: (line: string) => void
}

/** Both directions between an SDK and us. Returns the faults, one line each. */
export async function checkLanguage({ language, command, keep, say }: LanguageCheck): Promise<string[]> {
  const faults: string[] = []
  const listed = deviations[language] ?? []
  const met = new Map<string, Set<string>>()

  async function theyOpen(folder: string, manifest: string): Promise<void> {
    const { output, code } = await runProgram(command, ['open', manifest])
    const report = readReport(output)
    const ids = Object.keys(readManifest(manifest).tests)
    met.set(folder, new Set([...(met.get(folder) ?? []), ...ids]))
    const found = judge(report, folder, ids, listed)
    if ((code === 0) !== (report.failed.size === 0)) found.push(`exit code ${code}`)
    const { opened, refused, failed } = report
    const counts = `${opened} opened, ${refused} refused, ${failed.size} otherwise, ${found.length} faults`
    say(`${language} reads ${folder}, ${basename(manifest)}: ${counts}`)
    faults.push(...found.map((fault) => `${language} reads ${folder}: ${fault}`))
  }

  for (const file of readdirSync(vectorsFolder).filter((name) => /^manifest.*\.json$/.test(name)))
    await theyOpen('vectors', join(vectorsFolder, file))

  const scratch = mkdtempSync(join(tmpdir(), 'sealring-interop-'))
  try {
    await theyOpen('sealring', await sealMessages(join(scratch, 'sealring')))

    const theirs = keep ? join(keptFolder, language) : join(scratch, language)
    if (keep) rmSync(theirs, { recursive: true, force: true })
    const plan = prepareFolder(theirs, language)
    const { output } = await runProgram(command, ['write', theirs])
    const version = /^wrote \d+ with (\S+)$/.exec(output.trim())?.[1]
    if (version === undefined) return [...faults, `${language} writes, and ends with: ${output}`]
    const client = { name: `aws-encryption-sdk-${language}`, version }
    finishFolder(theirs, plan, client)
    const [result] = await runManifests(theirs, { client: vectorClient() })
    say(`we read ${language}, written just now: ${result!.opened} opened of ${plan.messages.length}`)
    for (const { id, code, message } of result!.failures)
      faults.push(`we read ${language}: ${id}: ${code}: ${message}`)
    if (result!.opened !== plan.messages.length) faults.push(`we read ${language}: not all`)
  } finally {
    rmSync(scratch, { recursive: true })
  }

  // Every SDK with every other, ours left out.
  for (const other of keptLanguages()) await theyOpen(other, join(keptFolder, other, 'manifest.json'))
  for (const [folder, ids] of met)
    for (const id of deviating(folder, listed))
      if (!ids.has(id))
        faults.push(`${language}: deviations.ts lists ${id} of ${folder}, which has no such message`)
  return faults
}
