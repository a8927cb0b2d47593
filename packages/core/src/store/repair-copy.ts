import type { Backend, SealedBlob, Slot, SlotStat } from '../backend/backend.js'
import { ask } from './ask.js'
import { openBlob } from './committed.js'
import { createCopy } from './copies.js'
import { readCopy, type Copy } from './read-copy.js'
import type { Committed, RepairRun } from './repair-run.js'
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
  if (found.state === 'present' && found.digest === committed.digest) return
  refuseClosed(run, replica)
  const damaged = found.state === 'damaged' || stat.digest === committed.digest
  const objection = damaged ? undefined : await saveFork(run, replica, slot, committed)
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

/** Keep the other blob of a slot beside it. Returns why the slot must be left as it is. */
async function saveFork(
  run: RepairRun,
  replica: Backend,
  slot: Slot,
  committed: Committed,
): Promise<string | undefined> {
  const objection = await committed.objection()
  if (objection) return objection
  const copy = await readCopy(replica, slot, run.signal)
  if (!copy) return 'it was listed, and gone when it was read'
  if (copy.bytes.byteLength > replica.capabilities.maxSidecarBytes) return tooLarge(run, slot, copy)
  const key = { ...slot, kind: 'fork', id: copy.blob.digest }
  const { outcome } = await ask(replica, 'createSidecar', run.signal, () =>
    replica.createSidecar(key, copy.bytes, { signal: run.signal }),
  )
  if (outcome === 'created') run.wrote(slot, replica, 'fork-saved')
  return undefined
}

/** What can't be saved is given up only when the key proves that nobody can open it. */
async function tooLarge(run: RepairRun, slot: Slot, copy: Copy): Promise<string | undefined> {
  const opened = await openBlob(run, slot, copy.bytes)
  if ('failed' in opened && opened.failed === 'not authentic') return undefined
  return 'another blob is here, too large to be saved beside the slot'
}
