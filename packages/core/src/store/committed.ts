import type { SealedBlob, Slot } from '../backend/backend.js'
import { EnvelopeError, StoreError } from '../errors.js'
import type { Authentic } from './open.js'
import { openSealed } from './open-sealed.js'
import { damagedCopy, readCopy } from './read-copy.js'
import { refusesBytes } from './refuses-bytes.js'
import type { Committed, RepairRun } from './repair-run.js'

/** A revision at the arbiter. What was not read yet is read when somebody needs it. */
export function committedBlob(run: RepairRun, slot: Slot, digest: string, read?: SealedBlob): Committed {
  const { parts, signal } = run
  let known = read
  let opening: Promise<OpenResult> | undefined
  const blob = async () => {
    if (known) return known
    const copy = await readCopy(parts.arbiter, slot, signal)
    if (copy?.blob.digest !== digest) throw damagedCopy(parts.arbiter, slot)
    return (known = copy.blob)
  }
  return {
    digest,
    blob,
    open: () => (opening ??= blob().then(async (sealed) => openBlob(run, slot, sealed))),
  }
}

/**
 * Why a blob does not open: nobody ever will (`not authentic`), it belongs elsewhere or to a store with other
 * rules (`not ours`), or that can't be told now (`no key`).
 */
export type OpenFailure = 'not authentic' | 'not ours' | 'no key'

export type OpenResult = Authentic | { readonly failed: OpenFailure }

/** Open a blob, with the kinds of failure that repair treats differently. */
export async function openBlob(
  run: Pick<RepairRun, 'parts' | 'signal'>,
  slot: Slot,
  blob: SealedBlob,
): Promise<OpenResult> {
  try {
    return await openSealed(run.parts, slot, blob, run.signal)
  } catch (error) {
    run.signal?.throwIfAborted()
    if (error instanceof StoreError) return { failed: 'not ours' }
    if (refusesBytes(error)) return { failed: 'not authentic' }
    if (!(error instanceof EnvelopeError)) return { failed: 'no key' }
    return { failed: rules.has(error.code) ? 'not ours' : 'not authentic' }
  }
}

/** Refusals that say something about our options, not about the bytes. */
const rules: ReadonlySet<string> = new Set(['SUITE_NOT_ALLOWED', 'MESSAGE_TOO_LARGE', 'MESSAGE_UNSUPPORTED'])
