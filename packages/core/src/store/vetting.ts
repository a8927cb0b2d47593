import type { Backend, Slot } from '../backend/backend.js'
import { BackendError } from '../errors.js'
import { candidatesFor, needsKey, type Candidate } from './candidates.js'
import { committedBlob } from './committed.js'
import { followsChain, isNamedByNext, theOneThatFollows } from './follows-chain.js'
import type { Committed, NameRepair, Reason, RepairRun } from './repair-run.js'
import { reportFailure } from './report-failure.js'

/** What a location must show before its word becomes that of an arbiter. */
export interface Vetting {
  readonly admits: NonNullable<RepairRun['admits']>
  /** Slots that were not admitted in the last pass over their name. The report says why. */
  unfit(): readonly Slot[]
}

export interface VettingOptions {
  /** Locations whose records count without the key. */
  readonly vouchers: readonly Backend[]
  /** Take the new arbiter's word where another location has a blob that fits as well. */
  readonly overrule: boolean
}

/** What a pass over a name found at the arbiter, before it mended anything. */
interface Verdicts {
  /** Digests that may be spread, by revision. */
  readonly admitted: ReadonlyMap<number, string>
  readonly objections: ReadonlyMap<number, Reason>
}

/**
 * Repair copies what the arbiter holds without opening it. Of one that is only about to be the arbiter, whoever writes that
 * location could so have anything become the truth: what none of the `vouchers` records too must open and stand in the
 * chain, on what was admitted before it, or it stays where it is. What a pass mends is looked at by the next one.
 */
export function createVetting({ vouchers, overrule }: VettingOptions): Vetting {
  const verdicts = new WeakMap<NameRepair, Promise<Verdicts>>()
  const unfit = new Map<string, { readonly state: NameRepair; readonly slots: Slot[] }>()

  const isVouched = ({ holdings }: NameRepair, revision: number, digest: string | undefined): boolean =>
    digest !== undefined && vouchers.some((each) => holdings.get(each)?.get(revision)?.digest === digest)

  /** From below upward, whatever the order in which repair asks. */
  async function judge(state: NameRepair): Promise<Verdicts> {
    const { run, name, holdings } = state
    const admitted = new Map<number, string>()
    const objections = new Map<number, Reason>()
    const own = [...(holdings.get(run.parts.arbiter)?.values() ?? [])]
    for (const { revision, digest } of own.toSorted((one, other) => one.revision - other.revision)) {
      const slot = { name, revision }
      const stands = ({ previous }: { readonly previous?: string | undefined }): boolean =>
        revision === 1 || admitted.has(revision - 1) || isVouched(state, revision - 1, previous)
      const objection = isVouched(state, revision, digest)
        ? undefined
        : await objectionTo(state, slot, { committed: committedBlob(run, slot, digest), stands, overrule })
      if (objection === undefined) admitted.set(revision, digest)
      else objections.set(revision, objection)
    }
    return { admitted, objections }
  }

  return {
    unfit: () => [...unfit.values()].flatMap(({ slots }) => slots),
    async admits(state, stat, committed) {
      const { run, name } = state
      const { arbiter } = run.parts
      const slot = { name, revision: stat.revision }
      if (unfit.get(name)?.state !== state) unfit.delete(name)
      const found = await reportFailure(run, slot, arbiter, async () => {
        const known = verdicts.get(state) ?? judge(state)
        verdicts.set(state, known)
        return known
      })
      if (found?.admitted.get(slot.revision) === (committed?.digest ?? stat.digest)) return true
      const objection = found?.objections.get(slot.revision)
      // What could not be restored was reported.
      if (committed && objection !== undefined) run.leave(slot, arbiter, 'differs', objection)
      const refused = unfit.get(name) ?? { state, slots: [] }
      refused.slots.push(slot)
      unfit.set(name, refused)
      return false
    },
  }
}

interface Judged {
  readonly committed: Committed
  /** Whether what it names as the revision before is admitted, or known. */
  readonly stands: (binding: { readonly previous?: string | undefined }) => boolean
  readonly overrule: boolean
}

async function objectionTo(
  state: NameRepair,
  slot: Slot,
  { committed, stands, overrule }: Judged,
): Promise<Reason | undefined> {
  try {
    const opened = await committed.open()
    if ('failed' in opened) return opened.failed === 'no key' ? unopened : 'it does not open'
    const { digest } = committed
    const inChain =
      stands(opened.binding) &&
      (await followsChain(state, slot, opened.binding)) &&
      (await isNamedByNext(state, slot, { digest, opened }))
    if (!inChain) return 'it does not stand in the chain of revisions'
    if (!overrule && (await anotherFits(state, slot, committed)))
      return 'another location has a blob that fits as well'
    return undefined
  } catch (error) {
    // It, or one beside it.
    if (error instanceof BackendError && error.code === 'BLOB_DAMAGED') return 'it is damaged'
    throw error
  }
}

const unopened = {
  ...needsKey,
  reason: 'nobody vouches for it; the key is needed to see whether it is authentic',
}

async function anotherFits(state: NameRepair, slot: Slot, committed: Committed): Promise<boolean> {
  const { run, holdings } = state
  const differs = ({ digest }: { digest: string }): boolean => digest !== committed.digest
  const theirs = run.parts.replicas.flatMap((replica) => holdings.get(replica)?.get(slot.revision) ?? [])
  if (!theirs.some(differs)) return false
  const { opening } = await candidatesFor(state, slot, await committed.blob())
  const fitting: Candidate[] = []
  for (const candidate of opening) if (await isNamedByNext(state, slot, candidate)) fitting.push(candidate)
  return (await theOneThatFollows(state, slot, fitting)) === 'several'
}
