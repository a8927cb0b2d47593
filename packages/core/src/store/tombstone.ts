import type { Backend, SealedBlob, Slot } from '../backend/backend.js'
import { EnvelopeError, SealringError, StoreError } from '../errors.js'
import { inspect } from '../envelope/index.js'
import { readBinding, type Binding } from './binding.js'
import type { Destruction } from './floors.js'
import { open, type Opened } from './open.js'
import type { StoreParts } from './parts.js'
import { readCopy } from './read-copy.js'
import { refusesBytes } from './refuses-bytes.js'
import { seal } from './seal.js'

/** What a tombstone says; see Binding. */
export type Epitaph = Pick<Binding, 'previous' | 'destroyedRequest' | 'requestId'> & {
  readonly destroyed: string
}

/** An ordinary message of the store without content, whose context says what it stands for. */
export function sealTombstone(parts: StoreParts, slot: Slot, epitaph: Epitaph): Promise<SealedBlob> {
  const { name, revision } = slot
  return seal(parts, new Uint8Array(0), {}, { ...epitaph, name, revision })
}

/** What an opened blob destroyed; `undefined` when it is no tombstone. */
export function destructionIn(digest: string, { binding }: Opened): Destruction | undefined {
  const { destroyed } = binding
  return destroyed === undefined ? undefined : { tombstone: digest, destroyed }
}

/** What the header of a blob claims, which is not authenticated; `undefined` where it can't be read. */
export function claimsOf(bytes: Uint8Array): Binding | undefined {
  try {
    return readBinding(inspect(bytes).encryptionContext)
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
  if (!copy?.intact || claimsOf(copy.bytes)?.destroyed === undefined) return undefined
  try {
    return destructionIn(copy.blob.digest, await open(parts, slot, copy.bytes))
  } catch (error) {
    signal?.throwIfAborted()
    if (error instanceof EnvelopeError || error instanceof StoreError || refusesBytes(error)) return undefined
    throw error
  }
}
