import { CliError } from '../cli-error.js'
import { openStore } from '../open-store.js'
import type { GlobalOptions, Session } from '../session.js'
import { failureWarnings } from '../warnings.js'
import { writeJson, writeLines } from '../write.js'

export async function history(name: string, options: GlobalOptions, session: Session): Promise<void> {
  const store = await openStore(options, session)
  const found = await store.history(name, { signal: session.signal })
  await writeLines(session.stderr, failureWarnings(found.failures))
  if (found.revisions.length === 0)
    throw new CliError('NOT_FOUND', 'The entry has no revision.', { document: found })
  if (options.json) return writeJson(session.stdout, found)
  await writeLines(
    session.stdout,
    found.revisions.map(({ revision, size, digest }) => `${revision}\t${size}\t${digest}`),
  )
}
