import type { Slot } from '../backend/backend.js'
import { bindingAtArbiter } from './binding-at-arbiter.js'
import type { Binding } from './binding.js'
import { candidatesFor, type Candidate } from './candidates.js'
import type { NameRepair } from './repair-run.js'

/**
 * Whether an opened blob names the digest that the arbiter has for the revision before, where it has one, or the digest
 * which the arbiter's tombstone there has destroyed; or, where the arbiter's does not open, a blob that a replica has there.
 */
export async function followsChain(
  state: NameRepair,
  { revision }: Pick<Slot, 'revision'>,
  { previous }: Binding,
): Promise<boolean> {
  if (revision === 1) return true
  const before = state.digests.get(revision - 1)
  if (before === undefined || before === previous) return true
  const binding = await bindingAtArbiter(state, revision - 1)
  if (binding) return binding.destroyed !== undefined && binding.destroyed === previous
  // What does not open says nothing: then a replica must have the blob.
  const { opening } = await candidatesFor(state, { name: state.name, revision: revision - 1 })
  return opening.some(({ digest, opened }) => [digest, opened.binding.destroyed].includes(previous))
}

/** Whether the arbiter's next revision, where it has one, opens and names this blob, or the one that it destroyed. */
export async function isNamedByNext(
  state: NameRepair,
  { revision }: Slot,
  { digest, opened }: Pick<Candidate, 'digest' | 'opened'>,
): Promise<boolean> {
  if (!state.digests.has(revision + 1)) return true
  const next = await bindingAtArbiter(state, revision + 1)
  const names = [digest, opened.binding.destroyed, state.mended.get(revision)]
  return next?.previous !== undefined && names.includes(next.previous)
}

/** The blob that the arbiter's next revision names, or a tombstone for it, whichever revision it follows. */
export async function theOneNamed(
  state: NameRepair,
  slot: Slot,
  candidates: readonly Candidate[],
): Promise<Candidate | undefined> {
  const named: Candidate[] = []
  for (const candidate of candidates) if (await isNamedByNext(state, slot, candidate)) named.push(candidate)
  return named.toSorted((a, b) => (a.digest < b.digest ? -1 : 1))[0]
}

/**
 * The one blob that follows the arbiter's revision before; `several` when there is a choice. Of tombstones for one
 * blob any will do, and each run takes the same.
 */
export async function theOneThatFollows(
  state: NameRepair,
  slot: Slot,
  candidates: readonly Candidate[],
): Promise<Candidate | 'several' | undefined> {
  const following: Candidate[] = []
  for (const candidate of candidates)
    if (await followsChain(state, slot, candidate.opened.binding)) following.push(candidate)
  const [first, ...others] = following.toSorted((a, b) => (a.digest < b.digest ? -1 : 1))
  if (!first) return undefined
  const { destroyed } = first.opened.binding
  const alike = others.every(
    ({ opened }) => destroyed !== undefined && opened.binding.destroyed === destroyed,
  )
  return alike ? first : 'several'
}
