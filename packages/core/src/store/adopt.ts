import { highest } from './highest.js'
import { bindingAtArbiter } from './binding-at-arbiter.js'
import { candidatesFor, needsKey, wasDestroyed, type Candidate } from './candidates.js'
import { createCopy } from './copies.js'
import { theOneThatFollows } from './follows-chain.js'
import { reportFailure } from './report-failure.js'
import { refuseClosed, type NameRepair } from './repair-run.js'

/**
 * Create at the arbiter the revisions that only replicas hold, where the key shows that they are its own: above
 * its latest revision, one after the other, each naming the digest of the one before; in a gap, from above
 * downward, each named by the one after; with `only`, just that revision. Where two blobs fit, or none, all is left and reported.
 */
export async function adoptForeign(state: NameRepair, only?: number): Promise<void> {
  const { digests, holdings } = state
  const held = new Set([...holdings.values()].flatMap((holding) => [...holding.keys()]))
  const foreign = [...held]
    .filter((revision) => !digests.has(revision) && (only ?? revision) === revision)
    .toSorted((a, b) => a - b)
  const tip = highest(digests.keys())
  for (const revision of foreign.filter((each) => each < tip).toReversed()) {
    await guarded(state, revision, async () => {
      const named = (await bindingAtArbiter(state, revision + 1))?.previous
      const fits = ({ digest, opened }: Candidate) =>
        named !== undefined && [digest, opened.binding.destroyed].includes(named)
      await adopt(state, revision, fits)
    })
  }
  for (const revision of foreign.filter((each) => each > tip))
    await guarded(state, revision, () =>
      adopt(state, revision, () => revision === 1 || digests.has(revision - 1)),
    )
}

function guarded({ run, name }: NameRepair, revision: number, work: () => Promise<void>): Promise<unknown> {
  return reportFailure(run, { name, revision }, run.parts.arbiter, work)
}

async function adopt(
  state: NameRepair,
  revision: number,
  fits: (candidate: Candidate) => boolean,
): Promise<void> {
  const { run, name, digests, holdings } = state
  const { arbiter, replicas } = run.parts
  const slot = { name, revision }
  const { opening, keyMissing, destroyed } = await candidatesFor(state, slot)
  const chosen = await theOneThatFollows(state, slot, opening.filter(fits))
  if (chosen && chosen !== 'several') {
    refuseClosed(run, arbiter)
    const done = await createCopy(arbiter, slot, chosen.blob, run.signal)
    if (done === 'created') run.wrote(slot, arbiter, 'adopted')
    digests.set(revision, chosen.digest)
    return
  }
  const misfit = destroyed ? wasDestroyed : 'it does not open, or does not follow what the arbiter holds'
  const doubt = keyMissing ? needsKey : misfit
  const reason = chosen ? 'several blobs follow what the arbiter holds' : doubt
  for (const replica of replicas)
    if (holdings.get(replica)?.has(revision)) run.leave(slot, replica, 'foreign', reason)
}
