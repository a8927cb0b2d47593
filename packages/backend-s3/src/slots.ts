import { BackendError, checkSlot, clipRange, InputError, sealedBlob } from '@sealring/core'
import type { Backend, CreateResult, SealedBlob, Slot, SlotStat } from '@sealring/core'
import { begin } from './location.js'
import type { S3Location } from './location.js'
import { giveUp } from './object-body.js'
import type { Caller, PutResult } from './s3-objects.js'
import { sha256, slotStat } from './slot-stat.js'

/** The methods of a Backend that concern one slot. */
export function slots({ layout, objects, capabilities }: S3Location) {
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

  /** What stands in the slot after a refused write. If that can't be seen, a lost attempt stays a lost attempt. */
  const lookAfter = async (slot: Slot, refused: Refused, caller: Caller) => {
    try {
      return await look(slot, caller)
    } catch (error) {
      throw refused.open && error instanceof BackendError ? objects.unknown(error, caller) : error
    }
  }

  const load = async (slot: Slot, blob: SealedBlob, caller: Caller) => {
    if (blob.size > maxBlobBytes)
      throw objects.problem('BLOB_TOO_LARGE', `${blob.size} bytes are more than ${maxBlobBytes}`, caller)
    const bytes = await blob.bytes()
    const { digest, size } = sealedBlob(bytes)
    if (digest !== blob.digest || size !== blob.size)
      throw new InputError('INVALID_ARGUMENT', 'The bytes of the blob contradict its digest or size.')
    return { key: layout.entryKey(slot), bytes, digest }
  }

  const unresolved = ({ open, error }: Refused, caller: Caller) =>
    open
      ? objects.unknown(error, caller)
      : objects.problem('BACKEND_FAILED', 'another write was under way: try again', caller, error)

  const methods: Pick<Backend, 'create' | 'read' | 'stat' | 'replace' | 'purge'> = {
    async create(slot, blob, call) {
      const caller = begin('create', call)
      checkSlot(slot)
      const object = await load(slot, blob, caller)
      if (!conditionalCreate) {
        const there = await look(slot, caller)
        if (there) return exists(there)
      }
      const put = await objects.put(object, conditionalCreate ? { IfNoneMatch: '*' } : {}, caller)
      if (put.outcome === 'stored') return { outcome: 'created', versionToken: put.etag }
      const there = await lookAfter(slot, put, caller)
      if (there) return exists(there)
      throw unresolved(put, caller)
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
      const object = await load(slot, blob, caller)
      const { expect } = call
      if (!entityTag.test(expect)) return { outcome: 'changed' }
      if (!conditionalReplace && (await look(slot, caller))?.versionToken !== expect)
        return { outcome: 'changed' }
      const put = await objects.put(object, conditionalReplace ? { IfMatch: expect } : {}, caller)
      if (put.outcome === 'stored') return { outcome: 'replaced', versionToken: put.etag }
      if (!put.open && !put.conflict) return { outcome: 'changed' }
      const there = await lookAfter(slot, put, caller)
      // A lost attempt of this call is what changed it.
      if (put.open && there?.digest === blob.digest)
        return { outcome: 'replaced', versionToken: there.versionToken }
      if (there?.versionToken !== expect) return { outcome: 'changed' }
      throw unresolved(put, caller)
    },

    async purge(slot, call) {
      begin('purge', call)
      checkSlot(slot)
      return { retained: [] }
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
