import { openStore } from '../open-store.js'
import type { GlobalOptions, Session } from '../session.js'
import { failureWarnings } from '../warnings.js'
import { writeJson, writeLines, writeRows } from '../write.js'

export async function history(name: string, options: GlobalOptions, session: Session): Promise<void> {
  const store = await openStore(options, session)
  const found = await store.history(name, { signal: session.signal })
  await writeLines(session.stderr, failureWarnings(found.failures))
  if (options.json) return writeJson(session.stdout, found)
  const rows = found.revisions.map(({ revision, size, digest }) => [revision, size, digest])
  await writeRows(session.stdout, rows)
}
