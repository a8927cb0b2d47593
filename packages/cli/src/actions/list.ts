import { CliError } from '../cli-error.js'
import { openStore } from '../open-store.js'
import type { GlobalOptions, Session } from '../session.js'
import { failureWarnings } from '../warnings.js'
import { writeJson, writeLines } from '../write.js'

export async function list(
  prefix: string | undefined,
  options: GlobalOptions,
  session: Session,
): Promise<void> {
  const store = await openStore(options, session)
  const listing = store.list({ signal: session.signal, ...(prefix !== undefined && { prefix }) })
  const names: string[] = []
  for await (const name of listing) {
    if (options.json) names.push(name)
    else await writeLines(session.stdout, [name])
  }
  const { complete, failures } = listing.report
  const document = { names, complete, failures }
  await writeLines(session.stderr, failureWarnings(failures))
  if (!complete)
    throw new CliError('LIST_INCOMPLETE', 'The arbiter could not be asked to the end.', { document })
  if (options.json) await writeJson(session.stdout, document)
}
