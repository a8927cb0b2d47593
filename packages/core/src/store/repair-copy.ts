import type { Backend, SealedBlob, Slot, SlotStat } from '../backend/backend.js'
import { ask } from './ask.js'
import { createCopy } from './copies.js'
import type { Committed, RepairRun } from './repair-run.js'
import { saveFork } from './save-fork.js'
import { examine } from './survey.js'

/**
 * Bring one replica's copy of a revision into agreement with the arbiter: create it where it is missing, replace it
 * where its bytes are damaged. Another blob in its place (a fork) is replaced only when the arbiter's opens, and
 * after it was saved as a sidecar: nothing is lost.
 */
export async function repairCopy(
  run: RepairRun,
  replica: Backend,
  slot: Slot,
  stat: SlotStat | undefined,
  committed: Committed,
): Promise<void> {
  if (!stat) {
    refuseClosed(run, replica)
    const done = await createCopy(replica, slot, await committed.blob(), run.signal)
    if (done === 'created') run.wrote(slot, replica, 'created')
    return
  }
  const found = await examine(replica, stat, run.signal)
  if (found.state === 'unreachable') throw found.error
  if (found.state === 'missing') {
    run.leave(slot, replica, 'missing', 'it was listed, and gone when it was read')
    return
  }
  const right = found.state === 'present' && found.digest === committed.digest
  if (right && found.copy?.intact !== false) return
  refuseClosed(run, replica)
  // Of right bytes only the record is wrong.
  const damaged = found.state === 'damaged' || right || stat.digest === committed.digest
  const objection = damaged
    ? undefined
    : ((await objectionTo(committed)) ?? (await saveFork(run, replica, slot)))
  if (objection) {
    run.leave(slot, replica, 'differs', objection)
    return
  }
  await replaceCopy(run, replica, slot, found.versionToken, await committed.blob())
}

/** Rejects with the reason why a replica must not be written to. */
function refuseClosed({ closed }: RepairRun, replica: Backend): void {
  if (closed.has(replica)) throw closed.get(replica)
}

async function replaceCopy(
  run: RepairRun,
  replica: Backend,
  slot: Slot,
  expect: string,
  blob: SealedBlob,
): Promise<void> {
  const { signal } = run
  const { outcome } = await ask(replica, 'replace', signal, () =>
    replica.replace(slot, blob, { expect, signal }),
  )
  if (outcome === 'replaced') run.wrote(slot, replica, 'replaced')
  else run.leave(slot, replica, 'differs', 'it changed while it was repaired')
}

const objections = {
  'not authentic': 'another blob is here, and that of the arbiter is not authentic',
  'not ours': 'another blob is here, and that of the arbiter does not belong to this entry',
  'no key': 'another blob is here; the key is needed to see whether that of the arbiter is authentic',
}

/** Why another blob must keep its place. */
async function objectionTo(committed: Committed): Promise<string | undefined> {
  const opened = await committed.open()
  return 'failed' in opened ? objections[opened.failed] : undefined
}
