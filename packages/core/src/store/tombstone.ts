import type { Backend, SealedBlob, Slot } from '../backend/backend.js'
import { EnvelopeError, SealringError, StoreError } from '../errors.js'
import { defaultLimits, inspectHeader } from '../envelope/index.js'
import { readBinding, type Binding } from './binding.js'
import type { Destruction } from './floors.js'
import type { Authentic } from './open.js'
import { openSealed } from './open-sealed.js'
import type { StoreParts } from './parts.js'
import { readCopy } from './read-copy.js'
import { refusesBytes } from './refuses-bytes.js'
import { seal } from './seal.js'
import { startOf } from './start-of.js'

/**
 * Tombstones have no content, but their header may be as large as any: what is larger is none, and need not be read to
 * know it. Authentication of the header, an empty frame and a signature take less than the rest.
 */
export const maxTombstoneBytes = defaultLimits.maxHeaderLength + 1_024

/** What a tombstone says; see Binding. */
export type Epitaph = Pick<Binding, 'previous' | 'destroyedRequest' | 'requestId'> & {
  readonly destroyed: string
}

/** An ordinary message of the store without content, whose context says what it stands for. */
export async function sealTombstone(
  parts: StoreParts,
  slot: Slot,
  epitaph: Epitaph,
  signal: AbortSignal | undefined,
): Promise<SealedBlob> {
  const { name, revision } = slot
  const nothing = { kind: 'whole', bytes: new Uint8Array(0) } as const
  return (await seal(parts, nothing, {}, { ...epitaph, name, revision }, signal)).blob
}

/** What an opened blob destroyed; `undefined` when it is no tombstone. */
export function destructionIn(digest: string, { binding }: Authentic): Destruction | undefined {
  const { destroyed } = binding
  return destroyed === undefined ? undefined : { tombstone: digest, destroyed }
}

/** What the header of a blob claims, which is not authenticated; `undefined` where it can't be read. */
export async function claimsOf(blob: SealedBlob): Promise<Binding | undefined> {
  const start = await startOf(blob, defaultLimits.maxHeaderLength)
  try {
    return readBinding(inspectHeader(start).encryptionContext)
  } catch (error) {
    if (error instanceof SealringError) return undefined
    throw error
  }
}

/**
 * The destruction of a revision, if a location has a tombstone there that opens. Bytes that don't claim to be one
 * are not opened. What can't be read, or is not authentic, is none; fails when the data key can't be had, since nobody
 * can tell then.
 */
export async function findTombstone(
  parts: StoreParts,
  location: Backend,
  slot: Slot,
  signal: AbortSignal | undefined,
): Promise<Destruction | undefined> {
  const copy = await readCopy(location, slot, signal)
  if (!copy?.intact || (await claimsOf(copy.blob))?.destroyed === undefined) return undefined
  try {
    return destructionIn(copy.blob.digest, await openSealed(parts, slot, copy.blob, signal))
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof EnvelopeError || error instanceof StoreError || refusesBytes(error)) return undefined
    throw error
  }
}
