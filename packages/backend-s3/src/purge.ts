import { checkSlot } from '@sealring/core'
import type { Backend, Retained } from '@sealring/core'
import { begin } from './location.js'
import type { S3Location } from './location.js'
import type { Lock, ObjectVersion } from './object-versions.js'
import type { Caller } from './s3-requests.js'

/** Requests at once where each refused version is asked for what holds it. */
const asksAtOnce = 16

/**
 * `purge` of a Backend: removes all versions of the slot's key but the current one, and so those of its sidecars: a saved
 * fork that was deleted may hold the very bytes which are to go.
 */
export function purge({ layout, versions }: S3Location): Pick<Backend, 'purge'> {
  /** What keeps earlier versions of one key. */
  async function clear(key: string, found: readonly ObjectVersion[], caller: Caller): Promise<Kept> {
    // A key whose current version is a delete marker is empty.
    const occupied = found.some(({ current, marker }) => current && !marker)
    const earlier = found.filter(({ current }) => !current || !occupied)
    const idsOf = (marker: boolean) =>
      earlier.filter((each) => each.marker === marker).map(({ versionId }) => versionId)
    const kept = await versions.remove(key, idsOf(false), caller)
    // Without its marker, what is kept of an empty key would be read again.
    const keptMarkers = occupied || kept.length === 0 ? await versions.remove(key, idsOf(true), caller) : []

    const locks: Lock[] = []
    for (let i = 0; i < kept.length; i += asksAtOnce) {
      const some = kept.slice(i, i + asksAtOnce)
      const asked = await Promise.all(some.map((id) => versions.lockOf(key, id, caller)))
      locks.push(...asked.filter((lock) => lock !== undefined))
    }
    return { locks, markers: keptMarkers.length }
  }

  return {
    async purge(slot, call) {
      const caller = begin('purge', call)
      checkSlot(slot)
      const entry = layout.entryKey(slot)
      const sidecars = layout.sidecarsPrefix(slot)
      const lists = [
        await versions.list(entry, (key) => key === entry, caller),
        await versions.list(sidecars, (key) => key.startsWith(sidecars), caller),
      ]
      const byKey = new Map<string, ObjectVersion[]>()
      for (const list of lists) {
        if ('denied' in list) return { retained: [unlisted] }
        for (const each of list) byKey.set(each.key, [...(byKey.get(each.key) ?? []), each])
      }
      const all: Kept[] = []
      for (const [key, found] of byKey) all.push(await clear(key, found, caller))
      return {
        retained: retainedBy(
          all.flatMap(({ locks }) => locks),
          all.reduce((sum, { markers }) => sum + markers, 0),
        ),
      }
    },
  }
}

interface Kept {
  readonly locks: readonly Lock[]
  /** Delete markers. */
  readonly markers: number
}

/** One entry for each thing that keeps versions. */
function retainedBy(locks: readonly Lock[], markers: number): readonly Retained[] {
  const held = locks.filter((lock) => lock.held)
  const until = locks.flatMap((lock) => lock.until?.getTime() ?? [])
  const unexplained = markers + locks.filter((lock) => !lock.held && !lock.until).length
  const retained: Retained[] = []
  if (until.length > 0)
    retained.push({
      by: 'object-lock',
      until: new Date(Math.max(...until)),
      message: `Object Lock keeps ${count(until.length)} of the object.`,
    })
  if (held.length > 0)
    retained.push({
      by: 'legal-hold',
      message: `A legal hold keeps ${count(held.length)} of the object until somebody lifts it.`,
    })
  if (unexplained > 0)
    retained.push({
      by: 'unknown',
      message:
        `S3 refuses to remove ${count(unexplained)} of the object: s3:DeleteObjectVersion is missing, or they are ` +
        'locked, which only s3:GetObjectVersion, s3:GetObjectRetention and s3:GetObjectLegalHold show.',
    })
  return retained
}

const unlisted: Retained = {
  by: 'unknown',
  message: 'Whether the bucket keeps earlier versions can be seen with s3:ListBucketVersions only.',
}

const count = (versions: number) => (versions === 1 ? 'one earlier version' : `${versions} earlier versions`)
