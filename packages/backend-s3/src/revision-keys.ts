import { maxRevision } from '@sealring/core'
import type { Layout } from './layout.js'
import type { S3Objects } from './s3-objects.js'
import type { Caller } from './s3-requests.js'

/** What one list request may answer. */
export const maxListed = 1000

export interface RevisionKeys {
  /** The highest `count` revisions of a name that are not above `highest`, ascending; `more` when lower ones follow. */
  upTo(highest: number, count: number): Promise<{ revisions: readonly number[]; more: boolean }>
  /** The lowest `count` revisions from `from` on, ascending; `more` when higher ones follow. */
  from(from: number, count: number): Promise<{ revisions: readonly number[]; more: boolean }>
}

/**
 * The revisions of a name, as its keys tell them. S3 lists forwards only, and the keys stand newest first: `upTo` is
 * one list request; `from` is one for a name with at most 1000 revisions, else two, and about forty more where it has to
 * cross a gap of more than `count` revisions. `count` is at most `maxListed`.
 */
export function revisionKeys(
  { layout, objects }: { layout: Layout; objects: S3Objects },
  name: string,
  caller: Caller,
): RevisionKeys {
  const prefix = layout.entriesPrefix(name)

  const upTo = async (highest: number, count: number) => {
    const found: number[] = []
    let after = highest < maxRevision ? layout.entryKey({ name, revision: highest + 1 }) : prefix
    let limit = count
    for (;;) {
      const { keys, truncated } = await objects.list({ prefix, after, limit }, caller)
      found.push(...keys.map((key) => layout.revisionOf(name, key)).filter((each) => each !== undefined))
      const more = truncated || found.length > count
      const last = keys.at(-1)
      if (found.length >= count || !truncated || last === undefined)
        return { revisions: found.slice(0, count).toReversed(), more }
      // Only where keys that aren't ours stand in between.
      after = last
      limit = maxListed
    }
  }

  /** The lowest revision from `low` on. There is one, not above `high`. */
  const lowestFrom = async (low: number, high: number) => {
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2)
      const found = (await upTo(middle, 1)).revisions[0]
      if (found !== undefined && found >= low) high = found
      else low = middle + 1
    }
    return high
  }

  return {
    upTo,
    async from(from, count) {
      const newest = await upTo(maxRevision, maxListed)
      const lowestListed = newest.revisions[0]
      if (!newest.more || lowestListed === undefined || lowestListed <= from) {
        const rest = newest.revisions.filter((revision) => revision >= from)
        return { revisions: rest.slice(0, count), more: rest.length > count }
      }
      const window = async (start: number) =>
        (await upTo(start + count - 1, count)).revisions.filter((revision) => revision >= start)
      let revisions = await window(from)
      if (revisions.length === 0) revisions = await window(await lowestFrom(from + count, lowestListed))
      return { revisions, more: revisions.at(-1)! < newest.revisions.at(-1)! }
    },
  }
}
