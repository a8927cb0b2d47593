import { checkBlob, checkSlot, sealedBlob } from '@sealring/core'
import type { Backend, SealedBlob, Slot } from '@sealring/core'
import { randomUUID } from 'node:crypto'
import { chunksOf, countOf } from './chunks.js'
import { headItem, maxItemBytes } from './layout.js'
import type { Item } from './layout.js'
import { begin, problem } from './location.js'
import type { Caller, DynamodbLocation } from './location.js'
import type { NameIndex } from './name-index.js'
import { getStamp, putItemIf } from './put-item.js'
import { queryRevisions } from './query-revisions.js'
import { readSlot } from './read-slot.js'
import type { StatOf } from './stat-of.js'
import { removeUpload } from './sweep-upload.js'
import type { Marker } from './sweep-upload.js'
import { uploadBlob } from './upload-blob.js'
import { headCondition, writeHead } from './write-head.js'

export interface BlobLimits {
  readonly maxBlobBytes: number
  /** How long an upload may take, before a sweeper removes it. */
  readonly uploadLifetimeSeconds: number
}

/** The methods of a Backend that concern one slot. */
export function slots(
  location: DynamodbLocation,
  index: NameIndex,
  statOf: StatOf,
  { maxBlobBytes, uploadLifetimeSeconds }: BlobLimits,
): Pick<Backend, 'create' | 'read' | 'stat' | 'replace'> {
  const { layout } = location

  const checkSize = ({ size }: SealedBlob, caller: Caller) => {
    if (size > maxBlobBytes)
      throw problem(location, 'BLOB_TOO_LARGE', `${size} bytes are more than ${maxBlobBytes}`, caller)
  }

  /** What the index knows of a slot. */
  const look = async ({ name, revision }: Slot, caller: Caller) =>
    (await queryRevisions(location, layout.heads(name), { revision, Limit: 1 }, caller)).Items?.[0]

  /** A head with the bytes of its blob. */
  const loadHead = async (slot: Slot, blob: SealedBlob, versionToken: string): Promise<Item> => {
    const bytes = await blob.bytes()
    const { digest, size } = sealedBlob(bytes)
    checkBlob(blob, { digest, size })
    return headItem(layout.head(slot), slot.revision, { digest, bytes, versionToken })
  }

  /** Upload a blob, then put the head that names it. As `writeHead`. */
  const uploadAndCommit = async (
    slot: Slot,
    blob: SealedBlob,
    versionToken: string,
    before: { expect?: string; replaced?: Marker | undefined },
    caller: Caller,
  ) => {
    const key = layout.head(slot)
    const upload = await uploadBlob(location, blob, uploadLifetimeSeconds, caller)
    const { chunks, marker } = upload
    const item = headItem(key, slot.revision, { digest: blob.digest, chunks, versionToken })
    try {
      const there = await writeHead(location, { key, item, uploaded: marker, ...before }, caller)
      if (there) await upload.discard()
      return there
    } catch (error) {
      // Where the head may be there after all, its marker isn't, and nothing is discarded.
      await upload.discard()
      throw error
    }
  }

  /** The marker that the upload of a head needs once the head doesn't name it any more; expired from the start. */
  const markerOfReplaced = (head: Item): Marker | undefined => {
    const chunks = chunksOf(head)
    if (!chunks) return undefined
    const { upload } = chunks
    return { key: layout.marker(upload, Math.floor(Date.now() / 1000)), upload, count: countOf(chunks) }
  }

  return {
    async create(slot, blob, call) {
      const caller = begin('create', call)
      checkSlot(slot)
      checkSize(blob, caller)
      const versionToken = randomUUID()
      const inside = blob.size <= maxItemBytes
      const item = inside ? await loadHead(slot, blob, versionToken) : undefined
      const key = layout.head(slot)
      const occupied = inside ? undefined : await look(slot, caller)
      if (!occupied) await index.add(slot.name, caller)
      const there =
        occupied ??
        (item
          ? await putItemIf(location, { key, item, condition: headCondition(undefined) }, caller)
          : await uploadAndCommit(slot, blob, versionToken, {}, caller))
      if (!there) return { outcome: 'created', versionToken }
      if (there === 'nothing')
        throw problem(location, 'BACKEND_FAILED', 'the item that was there has gone', caller, {
          retryable: true,
        })
      const { digest, versionToken: existing } = statOf(slot.name, there, caller)
      return { outcome: 'exists', digest, versionToken: existing }
    },

    read: readSlot(location, statOf),

    async stat(slot, call) {
      const caller = begin('stat', call)
      checkSlot(slot)
      const item = await look(slot, caller)
      return item && statOf(slot.name, item, caller)
    },

    async replace(slot, blob, { expect, ...call }) {
      const caller = begin('replace', call)
      checkSlot(slot)
      checkSize(blob, caller)
      const key = layout.head(slot)
      const versionToken = randomUUID()
      const small = blob.size <= maxItemBytes ? await loadHead(slot, blob, versionToken) : undefined
      let there: Item | 'nothing' | undefined
      if (small) {
        // One item by one item, as most are. A head in chunks is met by the transaction below.
        const { ConditionExpression, ...values } = headCondition(expect)
        const condition = {
          ConditionExpression: `${ConditionExpression} AND attribute_not_exists(u)`,
          ...values,
        }
        there = await putItemIf(location, { key, item: small, condition }, caller)
        if (!there) return { outcome: 'replaced', versionToken }
      } else {
        there = await getStamp(location, key, caller)
      }
      if (!there || there === 'nothing' || there['v']?.S !== expect) return { outcome: 'changed' }

      const replaced = markerOfReplaced(there)
      const before = { expect, replaced }
      const changed = small
        ? await writeHead(location, { key, item: small, ...before }, caller)
        : await uploadAndCommit(slot, blob, versionToken, before, caller)
      if (changed) return { outcome: 'changed' }
      // The blob is replaced whether or not this succeeds; the sweeper has the marker.
      if (replaced) await removeUpload(location, replaced, caller).catch(() => undefined)
      return { outcome: 'replaced', versionToken }
    },
  }
}
