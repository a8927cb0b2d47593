import { BackendError, checkBlob, checkSlot, clipRange, sealedBlob } from '@sealring/core'
import type { Backend, CreateResult, SealedBlob, Slot, SlotStat } from '@sealring/core'
import { begin } from './location.js'
import type { S3Location } from './location.js'
import { giveUp } from './object-body.js'
import { partBytesFor } from './parts.js'
import type { Caller, Condition, PutResult } from './s3-requests.js'
import { sha256, slotStat } from './slot-stat.js'

/** The methods of a Backend that concern one slot. */
export function slots({ layout, objects, capabilities, partBytes, lookForDeleteMarkers }: S3Location) {
  const { maxBlobBytes, conditionalCreate, conditionalReplace } = capabilities

  /** Reads an object that no Sealring wrote, for its digest. */
  const hash = (key: string, caller: Caller) => async () => {
    const answer = await objects.get(key, caller)
    if (typeof answer !== 'object') throw objects.problem('BACKEND_FAILED', 'the object has gone', caller)
    return sha256(answer.body)
  }

  const look = async (slot: Slot, caller: Caller): Promise<SlotStat | undefined> => {
    const key = layout.entryKey(slot)
    const answer = await objects.head(key, caller)
    return answer && slotStat(slot, answer, hash(key, caller))
  }

  /** What stands in a slot before its creation; `undefined` also where a refused PUT would tell. */
  const lookBefore = async (slot: Slot, blob: SealedBlob, caller: Caller) => {
    // A slot that is taken needs no upload; and to `If-None-Match`, an object under a delete marker is no object.
    const markers = lookForDeleteMarkers && !objects.isUnversioned()
    if (conditionalCreate && !isLarge(blob) && !markers) return undefined
    const key = layout.entryKey(slot)
    const seen = await objects.peek(key, caller)
    if (seen === 'deleted')
      throw objects.problem(
        'SLOT_DELETED',
        'somebody deleted the object of this slot, and a number is never given twice: remove the delete marker, which restores it',
        caller,
      )
    return seen === 'absent' ? undefined : slotStat(slot, seen, hash(key, caller))
  }

  /** What stands in the slot after a refused write. If that can't be seen, a lost attempt stays a lost attempt. */
  const lookAfter = async (slot: Slot, refused: Refused, caller: Caller) => {
    try {
      return await look(slot, caller)
    } catch (error) {
      throw refused.open && error instanceof BackendError ? objects.unknown(error, caller) : error
    }
  }

  const checkSize = (blob: SealedBlob, caller: Caller) => {
    if (blob.size > maxBlobBytes)
      throw objects.problem('BLOB_TOO_LARGE', `${blob.size} bytes are more than ${maxBlobBytes}`, caller)
  }

  /** One PUT, or parts: more than one part is not held in memory. */
  const put = async (slot: Slot, blob: SealedBlob, condition: Condition, caller: Caller) => {
    const key = layout.entryKey(slot)
    if (isLarge(blob))
      return objects.putLarge({ key, blob, partBytes: partBytesFor(blob.size, partBytes) }, condition, caller)
    const bytes = await blob.bytes()
    const { digest, size } = sealedBlob(bytes)
    checkBlob(blob, { digest, size })
    return objects.put({ key, bytes, digest }, condition, caller)
  }

  const isLarge = ({ size }: SealedBlob) => size > partBytes

  const unresolved = ({ open, error }: Refused, caller: Caller) =>
    open
      ? objects.unknown(error, caller)
      : objects.problem('WRITE_CONFLICT', 'another write was under way: try again', caller, error)

  const methods: Pick<Backend, 'create' | 'read' | 'stat' | 'replace'> = {
    async create(slot, blob, call) {
      const caller = begin('create', call)
      checkSlot(slot)
      checkSize(blob, caller)
      const before = await lookBefore(slot, blob, caller)
      if (before) return exists(before)
      const written = await put(slot, blob, conditionalCreate ? { IfNoneMatch: '*' } : {}, caller)
      if (written.outcome === 'stored') return { outcome: 'created', versionToken: written.etag }
      const there = await lookAfter(slot, written, caller)
      if (there) return exists(there)
      throw unresolved(written, caller)
    },

    async read(slot, call) {
      const caller = begin('read', call)
      checkSlot(slot)
      const range = call?.range && clipRange(call.range, Number.MAX_SAFE_INTEGER)
      const key = layout.entryKey(slot)
      // HTTP has no empty range.
      const answer = range && range.start === range.end ? 'beyond' : await objects.get(key, caller, range)
      if (answer === undefined) return undefined
      if (answer === 'beyond') {
        const stat = await look(slot, caller)
        return stat && { ...stat, body: nothing() }
      }
      try {
        return { ...(await slotStat(slot, answer, hash(key, caller))), body: answer.body }
      } catch (error) {
        await giveUp(answer.body)
        throw error
      }
    },

    async stat(slot, call) {
      const caller = begin('stat', call)
      checkSlot(slot)
      return look(slot, caller)
    },

    async replace(slot, blob, call) {
      const caller = begin('replace', call)
      checkSlot(slot)
      checkSize(blob, caller)
      const { expect } = call
      if (!entityTag.test(expect)) return { outcome: 'changed' }
      const looks = !conditionalReplace || isLarge(blob)
      if (looks && (await look(slot, caller))?.versionToken !== expect) return { outcome: 'changed' }
      const written = await put(slot, blob, conditionalReplace ? { IfMatch: expect } : {}, caller)
      if (written.outcome === 'stored') return { outcome: 'replaced', versionToken: written.etag }
      if (!written.open && !written.conflict) return { outcome: 'changed' }
      const there = await lookAfter(slot, written, caller)
      // A lost attempt of this call is what changed it.
      if (written.open && there?.digest === blob.digest)
        return { outcome: 'replaced', versionToken: there.versionToken }
      if (there?.versionToken !== expect) return { outcome: 'changed' }
      throw unresolved(written, caller)
    },
  }
  return { ...methods, look }
}

export type Look = (slot: Slot, caller: Caller) => Promise<SlotStat | undefined>

type Refused = PutResult & { outcome: 'refused' }

/** What S3 gives as ETag. Another token can't be that of any version, and may not be fit for a header. */
const entityTag = /^"[\x21\x23-\x7e]*"$/

const exists = ({ digest, versionToken }: SlotStat): CreateResult => ({
  outcome: 'exists',
  digest,
  versionToken,
})

async function* nothing(): AsyncGenerator<Uint8Array> {}
