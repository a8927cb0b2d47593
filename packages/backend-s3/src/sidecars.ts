import { checkPage, checkSidecarKey, checkSidecarSlot, collect, sealedBlob } from '@sealring/core'
import type { Backend } from '@sealring/core'
import { begin } from './location.js'
import type { S3Location } from './location.js'
import { giveUp } from './object-body.js'
import { maxListed } from './revision-keys.js'
import { notedDigest } from './slot-stat.js'

/** The methods of a Backend that concern sidecars. */
export function sidecars({
  layout,
  objects,
  capabilities,
}: S3Location): Pick<Backend, 'createSidecar' | 'readSidecar' | 'listSidecars' | 'deleteSidecar'> {
  const { maxSidecarBytes, conditionalCreate } = capabilities
  return {
    async createSidecar(key, bytes, call) {
      const caller = begin('createSidecar', call)
      checkSidecarKey(key)
      if (bytes.byteLength > maxSidecarBytes)
        throw objects.problem(
          'BLOB_TOO_LARGE',
          `${bytes.byteLength} bytes are more than ${maxSidecarBytes}`,
          caller,
        )
      const object = { key: layout.sidecarKey(key), bytes, digest: sealedBlob(bytes).digest }
      if (!conditionalCreate && (await objects.head(object.key, caller))) return { outcome: 'exists' }
      const put = await objects.put(object, conditionalCreate ? { IfNoneMatch: '*' } : {}, caller)
      if (put.outcome === 'stored') return { outcome: 'created' }
      if (!put.open && !put.conflict) return { outcome: 'exists' }
      const there = await objects.head(object.key, caller)
      // A lost attempt of this call is what made it.
      if (there && put.open && notedDigest(there) === object.digest) return { outcome: 'created' }
      if (there) return { outcome: 'exists' }
      if (put.open) throw objects.unknown(put.error, caller)
      throw objects.problem('WRITE_CONFLICT', 'another write was under way: try again', caller, put.error)
    },

    async readSidecar(key, call) {
      const caller = begin('readSidecar', call)
      checkSidecarKey(key)
      const answer = await objects.get(layout.sidecarKey(key), caller)
      if (typeof answer !== 'object') return undefined
      const refuse = (size: number) => {
        if (size > maxSidecarBytes)
          throw objects.problem('BLOB_TOO_LARGE', `${size} bytes are more than ${maxSidecarBytes}`, caller)
      }
      return collect(measured(answer.body, answer.ContentLength ?? 0, refuse))
    },

    async listSidecars(slot, call) {
      const caller = begin('listSidecars', call)
      checkSidecarSlot(slot)
      const limit = checkPage(call, maxListed)
      const prefix = layout.sidecarsPrefix(slot)
      const after = call?.cursor === undefined ? undefined : prefix + call.cursor
      const { keys, truncated } = await objects.list({ prefix, after, limit }, caller)
      const items = keys.map((key) => layout.sidecarOf(slot, key)).filter((key) => key !== undefined)
      const last = keys.at(-1)
      return truncated && last !== undefined ? { items, cursor: last.slice(prefix.length) } : { items }
    },

    async deleteSidecar(key, call) {
      const caller = begin('deleteSidecar', call)
      checkSidecarKey(key)
      await objects.remove(layout.sidecarKey(key), caller)
    },
  }
}

/** Not every server says the length first. */
async function* measured(
  body: AsyncIterable<Uint8Array>,
  announced: number,
  refuse: (size: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    refuse(announced)
    let size = 0
    for await (const piece of body) {
      refuse((size += piece.byteLength))
      yield piece
    }
  } finally {
    await giveUp(body)
  }
}
