import type { RepairReport } from '@sealring/core'
import { CliError } from '../cli-error.js'
import { openStore } from '../open-store.js'
import type { GlobalOptions, Session } from '../session.js'
import { failureWarnings } from '../warnings.js'
import { writeJson, writeLines } from '../write.js'
import { findingLine } from './verify.js'

export async function repair(
  prefix: string | undefined,
  options: GlobalOptions,
  session: Session,
): Promise<void> {
  const store = await openStore(options, session)
  const report = await store.repair({ signal: session.signal, ...(prefix !== undefined && { prefix }) })
  if (!options.json) {
    await writeLines(session.stdout, reportLines(report))
    await writeLines(session.stderr, failureWarnings(report.failures))
  }
  if (report.left.length > 0)
    throw new CliError('REPAIR_LEFT', `${report.left.length} copies could not, or must not, be mended.`, {
      document: report,
    })
  if (report.failures.length > 0)
    throw new CliError('REPAIR_INCOMPLETE', 'Not every location could be asked.', { document: report })
  if (options.json) await writeJson(session.stdout, report)
}

function reportLines({ writes, left }: RepairReport): string[] {
  return [
    ...writes.map(({ action, location, name, revision }) => [action, location, name, revision].join('\t')),
    ...left.map((finding) => `left\t${findingLine(finding)}\t${finding.reason}`),
    writes.length === 0 ? 'nothing to write' : `${writes.length} writes`,
  ]
}
