import type { RepairReport } from '@sealring/core'
import { CliError } from '../cli-error.js'
import { openStore } from '../open-store.js'
import type { GlobalOptions, Session } from '../session.js'
import { failureWarnings } from '../warnings.js'
import { writeJson, writeLines, writeRows } from '../write.js'
import { findingRow } from './verify.js'

export async function repair(
  prefix: string | undefined,
  options: GlobalOptions,
  session: Session,
): Promise<void> {
  const store = await openStore(options, session)
  const report = await store.repair({ signal: session.signal, ...(prefix !== undefined && { prefix }) })
  if (!options.json) {
    await writeRows(session.stdout, reportRows(report))
    await writeLines(session.stdout, [`writes: ${report.writes.length}`])
    await writeLines(session.stderr, failureWarnings(report.failures))
  }
  const left = report.left.filter(({ state }) => state !== 'unreachable').length
  if (left > 0)
    throw new CliError('REPAIR_LEFT', `Copies that could not, or must not, be mended: ${left}.`, {
      document: report,
    })
  if (report.left.length + report.failures.length > 0)
    throw new CliError('REPAIR_INCOMPLETE', 'Not every location could be asked.', { document: report })
  if (options.json) await writeJson(session.stdout, report)
}

/** What was written, and what was left and why. */
export function reportRows({ writes, left, retained }: RepairReport): (string | number)[][] {
  return [
    ...writes.map(({ action, location, name, revision }) => [action, location, name, revision]),
    ...left.map((finding) => ['left', ...findingRow(finding), finding.reason]),
    ...retained.map(({ location, name, revision, by, message }) => [
      'retained',
      location,
      name,
      revision,
      by,
      message,
    ]),
  ]
}
