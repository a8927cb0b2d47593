import type { Backend, Slot, SlotStat } from '../backend/backend.js'
import { openBlob } from './committed.js'
import { createCopy } from './copies.js'
import { readCopy } from './read-copy.js'
import { removeLeftovers } from './remove-leftovers.js'
import { isRemains } from './remains.js'
import { refuseClosed, type Committed, type Reason, type RepairRun } from './repair-run.js'
import { replaceAndReport } from './replace-and-report.js'
import { saveFork } from './save-fork.js'
import { changedSince, examine, type Examined } from './survey.js'
import { claimsOf } from './tombstone.js'

/** What the arbiter holds. */
export interface Rightful {
  readonly committed: Committed
  /** Digest of the blob that it has destroyed, if it is a tombstone that was opened. */
  readonly destroyed: string | undefined
}

/**
 * Bring one replica's copy of a revision into agreement with the arbiter: create it where it is missing, replace it
 * where its bytes are damaged or were destroyed. Another blob in its place (a fork) is replaced only when the arbiter's
 * opens, and after it was saved as a sidecar: nothing else is lost.
 */
export async function repairCopy(
  run: RepairRun,
  replica: Backend,
  slot: Slot,
  stat: SlotStat | undefined,
  rightful: Rightful,
): Promise<void> {
  const { committed, destroyed } = rightful
  const agrees = stat
    ? await mend(run, replica, stat, rightful)
    : await createMissing(run, replica, slot, committed)
  if (!agrees || destroyed === undefined) return
  refuseClosed(run, replica)
  const grave = { tombstone: await committed.blob(), destroyed }
  run.retains(slot, replica, (await removeLeftovers(run, replica, slot, grave)).retained)
}

async function createMissing(
  run: RepairRun,
  replica: Backend,
  slot: Slot,
  committed: Committed,
): Promise<boolean> {
  refuseClosed(run, replica)
  const done = await createCopy(replica, slot, await committed.blob(), run.signal)
  if (done === 'created') run.wrote(slot, replica, 'created')
  return true
}

/** Whether the replica has the arbiter's bytes afterwards. */
async function mend(
  run: RepairRun,
  replica: Backend,
  stat: SlotStat,
  { committed, destroyed }: Rightful,
): Promise<boolean> {
  const slot = { name: stat.name, revision: stat.revision }
  const found = await examine(replica, stat, run.signal)
  if (found.state === 'unreachable') throw found.error
  if (found.state === 'missing') {
    run.leave(slot, replica, 'missing', 'it was listed, and gone when it was read')
    return false
  }
  if (changedSince(found, stat)) {
    run.leave(slot, replica, 'differs', 'it changed while it was repaired')
    return false
  }
  const right = found.state === 'present' && found.digest === committed.digest
  if (right && found.copy?.intact !== false) return true
  refuseClosed(run, replica)
  const gone = destroyed !== undefined && [stat.digest, digestOf(found)].includes(destroyed)
  // Of right bytes only the record is wrong.
  const damaged = found.state === 'damaged' || right || stat.digest === committed.digest
  const objection =
    gone || damaged ? undefined : await objectionOrSave(run, replica, slot, { committed, destroyed })
  if (objection) {
    run.leave(slot, replica, 'differs', objection)
    return false
  }
  const action = gone ? 'destroyed' : 'replaced'
  const expect = found.versionToken
  return replaceAndReport(run, replica, slot, { blob: await committed.blob(), expect, action })
}

function digestOf(found: Examined): string | undefined {
  return found.state === 'present' ? found.digest : undefined
}

const objections = {
  'not authentic': 'another blob is here, and that of the arbiter is not authentic',
  'not ours': 'another blob is here, and that of the arbiter does not belong to this entry',
  'no key': {
    reason: 'another blob is here; the key is needed to see whether that of the arbiter is authentic',
    needsKey: true,
  },
} as const

/**
 * Why another blob must keep its place; `undefined` once it may be replaced. A tombstone has nothing to be saved: another one
 * gives way to the arbiter's, and that of the arbiter's own blob, which the arbiter should have, is never taken away.
 */
async function objectionOrSave(
  run: RepairRun,
  replica: Backend,
  slot: Slot,
  { committed, destroyed }: Rightful,
): Promise<Reason | undefined> {
  const copy = await readCopy(replica, slot, run.signal)
  const claimed = copy && (await claimsOf(copy.blob))?.destroyed
  if (copy && claimed !== undefined) {
    const opened = await openBlob(run, slot, copy.blob)
    if (!('failed' in opened) && destroyed !== undefined) return undefined
    const mayBeTrue = !('failed' in opened) || (opened.failed === 'no key' && copy.intact)
    if (mayBeTrue && claimed === committed.digest)
      return "a tombstone of the arbiter's blob is here, and the arbiter's chain does not confirm it"
  }
  if (copy && destroyed !== undefined) {
    const opened = await openBlob(run, slot, copy.blob)
    if (await isRemains(copy.blob, opened, slot, await committed.blob())) return undefined
  }
  return (await objectionTo(committed)) ?? saveFork(run, replica, slot)
}

/** Why another blob must keep its place before the arbiter's. */
async function objectionTo(committed: Committed): Promise<Reason | undefined> {
  const opened = await committed.open()
  return 'failed' in opened ? objections[opened.failed] : undefined
}
