import type { SlotStat } from '../backend/backend.js'
import { sealedBlob } from '../backend/sealed-blob.js'
import { ask } from './ask.js'
import { candidatesFor, followsChain } from './candidates.js'
import { committedBlob } from './committed.js'
import type { Committed, NameRepair } from './repair-run.js'
import { examine } from './survey.js'

/** Why the arbiter was not written to. */
export const needsKey = 'the arbiter is written to only with the key, which could not be had'

/**
 * The arbiter's blob of a revision, restored from a replica where it is damaged. The arbiter is written to only
 * with bytes that have the digest which it recorded, open, and follow its revision before. `undefined`, and left
 * in the report, where that can't be done.
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
  if (found.state === 'present' && found.digest === stat.digest)
    return committedBlob(run, slot, stat.digest, found.copy?.bytes)

  const { opening, keyMissing } = await candidatesFor(state, slot)
  const intact = opening.find(({ digest }) => digest === stat.digest)
  if (!intact || !followsChain(state, slot, intact)) {
    const lacking = keyMissing ? needsKey : 'no replica holds the bytes that the arbiter recorded'
    run.leave(
      slot,
      arbiter,
      'differs',
      intact ? 'the intact copy does not follow the revision before' : lacking,
    )
    return undefined
  }
  const { outcome } = await ask(arbiter, 'replace', run.signal, () =>
    arbiter.replace(slot, sealedBlob(intact.bytes), { expect: found.versionToken, signal: run.signal }),
  )
  if (outcome === 'changed') {
    run.leave(slot, arbiter, 'differs', 'it changed while it was repaired')
    return undefined
  }
  run.wrote(slot, arbiter, 'replaced')
  return committedBlob(run, slot, stat.digest, intact.bytes)
}
