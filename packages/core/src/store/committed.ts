import type { SealedBlob, Slot } from '../backend/backend.js'
import { sealedBlob } from '../backend/sealed-blob.js'
import { EnvelopeError, StoreError } from '../errors.js'
import { open, type Opened } from './open.js'
import { damagedCopy, readCopy } from './read-copy.js'
import type { Committed, RepairRun } from './repair-run.js'

/** A revision at the arbiter. Bytes that were not read yet are read when somebody needs them. */
export function committedBlob(run: RepairRun, slot: Slot, digest: string, bytes?: Uint8Array): Committed {
  const { parts, signal } = run
  let known: SealedBlob | undefined = bytes && sealedBlob(bytes)
  let verdict: { objection: string | undefined } | undefined
  const blob = async () => {
    if (known) return known
    const copy = await readCopy(parts.arbiter, slot, signal)
    if (copy?.blob.digest !== digest) throw damagedCopy(parts.arbiter, slot)
    return (known = copy.blob)
  }
  return {
    digest,
    blob,
    async objection() {
      verdict ??= objectionOf(await openBlob(run, slot, await (await blob()).bytes()))
      return verdict.objection
    },
  }
}

export type OpenResult = Opened | { readonly failed: 'not authentic' | 'no key' }

/** Open a blob, with the two kinds of failure that repair treats differently. */
export async function openBlob(run: RepairRun, slot: Slot, bytes: Uint8Array): Promise<OpenResult> {
  try {
    return await open(run.parts, slot, bytes)
  } catch (error) {
    run.signal?.throwIfAborted()
    const proven = error instanceof EnvelopeError || error instanceof StoreError
    return { failed: proven ? 'not authentic' : 'no key' }
  }
}

const objections = {
  'not authentic': "the arbiter's own blob does not open: it may be the wrong one",
  'no key': "another blob is here; the key is needed to see whether the arbiter's is authentic",
}

function objectionOf(result: OpenResult): { objection: string | undefined } {
  return { objection: 'failed' in result ? objections[result.failed] : undefined }
}
