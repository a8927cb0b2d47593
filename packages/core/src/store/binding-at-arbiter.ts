import type { Binding } from './binding.js'
import { openBlob } from './committed.js'
import { readCopy } from './read-copy.js'
import type { NameRepair } from './repair-run.js'

/** What the arbiter's blob of a revision, opened with the key, says of itself; `undefined` where it doesn't open. */
export async function bindingAtArbiter(
  { run, name, digests }: NameRepair,
  revision: number,
): Promise<Binding | undefined> {
  const digest = digests.get(revision)
  if (digest === undefined) return undefined
  const slot = { name, revision }
  const copy = await readCopy(run.parts.arbiter, slot, run.signal)
  if (copy?.blob.digest !== digest) return undefined
  const opened = await openBlob(run, slot, copy.blob)
  return 'failed' in opened ? undefined : opened.binding
}
