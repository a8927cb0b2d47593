import type { CopyFinding, VerifyReport } from '@sealring/core'
import { CliError } from '../cli-error.js'
import { isErrorCode, outcomeOf } from '../exit-codes.js'
import { unopenedHint } from '../hints.js'
import { openStore } from '../open-store.js'
import type { Session } from '../session.js'
import { failureWarnings } from '../warnings.js'
import { writeJson, writeLines, writeRows } from '../write.js'
import type { VerifyCommandOptions } from '../commands/verify.js'

export async function verify(
  prefix: string | undefined,
  options: VerifyCommandOptions,
  session: Session,
): Promise<void> {
  const store = await openStore(options, session)
  const report = await store.verify({
    signal: session.signal,
    open: options.open === true,
    ...(prefix !== undefined && { prefix }),
  })
  if (!options.json) {
    await writeRows(session.stdout, reportRows(report))
    await writeLines(session.stdout, [summary(report)])
    await writeLines(session.stderr, failureWarnings(report.failures))
  }
  if (!report.clean) throw unclean(report)
  if (options.json) await writeJson(session.stdout, report)
}

function reportRows({ findings, unopened }: VerifyReport): (string | number)[][] {
  return [
    ...findings.map(findingRow),
    ...unopened.map(({ name, revision, code, message }) => ['unopened', name, revision, code, message]),
  ]
}

function summary({ names, revisions, copies }: VerifyReport): string {
  const counts = Object.entries(copies).flatMap(([state, count]) => (count > 0 ? [`${count} ${state}`] : []))
  return `names: ${names}, revisions: ${revisions}, copies: ${counts.join(', ') || 'none'}`
}

/** State, location, name, revision and, where there is one, a code. */
export function findingRow({ state, location, name, revision, code }: CopyFinding): (string | number)[] {
  return [state, location, name, revision, ...(code === undefined ? [] : [code])]
}

function unclean(report: VerifyReport): CliError {
  const differing = report.findings.filter(({ state }) => state !== 'unreachable').length
  const { length: unopened } = report.unopened
  if (differing + unopened === 0)
    return new CliError('VERIFY_INCOMPLETE', 'Not every location could be asked.', { document: report })
  const locked = report.unopened.filter(({ code }) => outcomeOf(code) === 'keyring')
  // Nothing speaks against the copies: it is the key that could not be had.
  if (differing === 0 && locked.length === unopened && isErrorCode(locked[0]!.code))
    return new CliError(locked[0]!.code, `Revisions whose data key can't be had: ${unopened}.`, {
      document: report,
    })
  const parts = [
    ...(differing > 0 ? [`Copies that don't agree with the arbiter: ${differing}`] : []),
    ...(unopened > 0 ? [`Revisions that don't open or don't follow from the one before: ${unopened}`] : []),
  ]
  return new CliError('VERIFY_DIFFERS', `${parts.join('; ')}.`, {
    document: report,
    ...(differing === 0 && { hint: unopenedHint }),
  })
}
