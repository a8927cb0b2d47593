import type { SealedBlob, Slot, SlotStat } from '../backend/backend.js'
import { candidatesFor, needsKey, type Candidate, type Candidates } from './candidates.js'
import { committedBlob, type OpenFailure, type OpenResult } from './committed.js'
import { theOneNamed, theOneThatFollows } from './follows-chain.js'
import { isRemains } from './remains.js'
import { refuseClosed, type Committed, type NameRepair } from './repair-run.js'
import { replaceAndReport } from './replace-and-report.js'
import { sameMessage } from './same-message.js'
import { saveFork } from './save-fork.js'
import { changedSince, examine } from './survey.js'
import { tombstoneElsewhere } from './tombstone-elsewhere.js'

/**
 * The arbiter's blob of a revision, restored from a replica where it is damaged. The arbiter is written to only
 * with bytes that open, and that have the digest which it recorded. Where its record speaks of bytes that do not
 * open (a service that attests damaged bytes has no other record), the record proves nothing: then the one blob that
 * opens and follows its revision before is restored, if the revision after, where there is one, names it. Nor does it
 * where it is the record that is damaged, and the arbiter's own bytes are such a blob. A tombstone for the recorded
 * blob takes its place, damaged or not.
 * `undefined`, and left in the report, where nothing of that can be done.
 */
export async function restoreAtArbiter(state: NameRepair, stat: SlotStat): Promise<Committed | undefined> {
  const { run, name } = state
  const { arbiter } = run.parts
  const slot = { name, revision: stat.revision }
  const found = await examine(arbiter, stat, run.signal)
  if (found.state === 'unreachable') throw found.error
  if (found.state === 'missing') {
    run.leave(slot, arbiter, 'missing', 'it was listed, and gone when it was read')
    return undefined
  }
  if (changedSince(found, stat)) {
    run.leave(slot, arbiter, 'differs', 'it changed while it was repaired')
    return undefined
  }
  const recorded = found.state === 'present' && found.digest === stat.digest
  const own = recorded ? committedBlob(run, slot, stat.digest, found.copy?.blob) : undefined
  const doubted = contradicted(state, stat)
  const tombstone = doubted ? await tombstoneElsewhere(state, slot, stat.digest) : undefined
  if (tombstone) return putInPlace(state, slot, tombstone, found.versionToken, 'destroyed')
  const doubt = own && doubted ? failureOf(await own.open()) : undefined
  if (own && !doubt) return own

  const contradicting = !own && found.state === 'present' ? found.copy?.blob : undefined
  const candidates = await candidatesFor(state, slot, contradicting)
  const chosen = doubt
    ? ((await ofTheChain(state, slot, candidates, doubt === 'no key' ? await own?.blob() : undefined)) ??
      (own && (await ofTheGrave(state, slot, candidates, await own.blob()))))
    : (ofTheRecord(candidates, stat) ??
      (contradicting && (await ofTheBytes(state, slot, candidates, contradicting))))
  // Perhaps only the key is missing: then nothing speaks against the arbiter.
  if (!chosen && doubt === 'no key') return own
  if (!chosen) {
    run.leave(slot, arbiter, 'differs', candidates.keyMissing ? needsKey : 'no replica has bytes that fit')
    return undefined
  }
  refuseClosed(run, arbiter)
  const worthless = own && (await isRemains(await own.blob(), await own.open(), slot, chosen.blob))
  const objection = own && !worthless ? await saveFork(run, arbiter, slot) : undefined
  if (objection) {
    run.leave(slot, arbiter, 'differs', objection)
    return undefined
  }
  return putInPlace(state, slot, chosen, found.versionToken, 'replaced')
}

async function putInPlace(
  state: NameRepair,
  slot: Slot,
  { blob, digest }: Candidate,
  expect: string,
  action: 'replaced' | 'destroyed',
): Promise<Committed | undefined> {
  const { run } = state
  const { arbiter } = run.parts
  if (!(await replaceAndReport(run, arbiter, slot, { blob, expect, action }))) return undefined
  state.digests.set(slot.revision, digest)
  return committedBlob(run, slot, digest, blob)
}

/** Some replica's record speaks of another blob: only then is the arbiter's worth a key call. */
function contradicted({ run, holdings }: NameRepair, { revision, digest }: SlotStat): boolean {
  return run.parts.replicas.some((replica) => {
    const theirs = holdings.get(replica)?.get(revision)
    return theirs !== undefined && theirs.digest !== digest
  })
}

function failureOf(opened: OpenResult): OpenFailure | undefined {
  return 'failed' in opened ? opened.failed : undefined
}

/** Whatever it names as the revision before: a put may have been built on a record that was damaged then. */
function ofTheRecord({ opening }: Candidates, { digest }: SlotStat): Candidate | undefined {
  return opening.find((each) => each.digest === digest)
}

/** The arbiter's own bytes, where nothing but its record speaks against them. */
async function ofTheBytes(
  state: NameRepair,
  slot: Slot,
  candidates: Candidates,
  own: SealedBlob,
): Promise<Candidate | undefined> {
  const { run, holdings } = state
  // Whoever can't be asked, read or opened may have the blob that the record speaks of.
  if (
    candidates.keyMissing ||
    candidates.unread ||
    !run.parts.replicas.every((replica) => holdings.has(replica))
  )
    return undefined
  const chosen = await ofTheChain(state, slot, candidates, undefined)
  return chosen?.digest === own.digest ? chosen : undefined
}

/**
 * The tombstone that the arbiter's damaged bytes were, whatever the revision after names: a put may have been built on the damage,
 * and what was destroyed must not come back for that.
 */
async function ofTheGrave(
  state: NameRepair,
  slot: Slot,
  { opening }: Candidates,
  damaged: SealedBlob,
): Promise<Candidate | undefined> {
  const chosen = await theOneThatFollows(state, slot, opening)
  if (!chosen || chosen === 'several' || chosen.opened.binding.destroyed === undefined) return undefined
  if (!(await sameMessage(damaged, chosen.blob))) return undefined
  state.mended.set(slot.revision, damaged.digest)
  return chosen
}

/** The blob that the revision after names; of the latest, the only one that follows the revision before. */
async function ofTheChain(
  state: NameRepair,
  slot: Slot,
  { opening }: Candidates,
  locked: SealedBlob | undefined,
): Promise<Candidate | undefined> {
  if (state.digests.has(slot.revision + 1)) return theOneNamed(state, slot, opening)
  const chosen = await theOneThatFollows(state, slot, opening)
  if (!chosen || chosen === 'several') return undefined
  // The latest revision is named by none: its blob must be proven wrong, not only locked; a data key that can't be
  // had proves it when the rest is the chosen message.
  return !locked || (await sameMessage(locked, chosen.blob)) ? chosen : undefined
}
