import {
  checkNameGrammar,
  checkNamesFilter,
  checkPage,
  InputError,
  maxRevision,
  passesFilter,
} from '@sealring/core'
import type { Backend, SlotStat } from '@sealring/core'
import { decodeName } from './layout.js'
import { begin } from './location.js'
import type { S3Location } from './location.js'
import { maxListed, revisionKeys } from './revision-keys.js'
import type { Look } from './slots.js'

/** Requests at once where a page needs one for each of its revisions. */
const looksAtOnce = 16

/** The methods of a Backend that find revisions and names. A listing has no digests: `look` finds them. */
export function listings(
  { layout, objects }: S3Location,
  look: Look,
): Pick<Backend, 'latest' | 'revisions' | 'names'> {
  return {
    async latest(name, call) {
      const caller = begin('latest', call)
      checkNameGrammar(name)
      const keys = revisionKeys({ layout, objects }, name, caller)
      for (let highest = maxRevision; highest > 0;) {
        const [revision] = (await keys.upTo(highest, 1)).revisions
        if (revision === undefined) return undefined
        const stat = await look({ name, revision }, caller)
        if (stat) return stat
        // It was removed in between.
        highest = revision - 1
      }
      return undefined
    },

    async revisions(name, call) {
      const caller = begin('revisions', call)
      checkNameGrammar(name)
      const count = Math.min(checkPage(call, 100), maxListed)
      const keys = revisionKeys({ layout, objects }, name, caller)
      const { revisions, more } = await keys.from(firstOf(call?.cursor), count)
      const items: SlotStat[] = []
      for (let i = 0; i < revisions.length; i += looksAtOnce) {
        const some = revisions.slice(i, i + looksAtOnce)
        const found = await Promise.all(some.map((revision) => look({ name, revision }, caller)))
        items.push(...found.filter((stat) => stat !== undefined))
      }
      return more ? { items, cursor: String(revisions.at(-1)! + 1) } : { items }
    },

    async names(call) {
      const caller = begin('names', call)
      checkNamesFilter(call)
      const limit = Math.min(checkPage(call, maxListed), maxListed)
      const prefix = layout.namesPrefix(call?.prefix ?? '')
      const after = call?.cursor === undefined ? undefined : layout.afterSegment(call.cursor)
      const page = await objects.list({ prefix, after, delimiter: '/', limit }, caller)
      // Some servers answer with more groups than they were asked for.
      const segments = page.commonPrefixes.slice(0, limit).map((each) => layout.segmentOf(each))
      const names = segments.map(decodeName).filter((name) => name !== undefined)
      const items = names.filter((name) => passesFilter(name, call))
      const last = segments.at(-1)
      const more = page.truncated || page.commonPrefixes.length > limit
      return more && last !== undefined ? { items, cursor: last } : { items }
    },
  }
}

/** The cursor of a page of revisions is the lowest revision of the next page. */
function firstOf(cursor: string | undefined): number {
  if (cursor === undefined) return 1
  const first = /^[1-9]\d{0,11}$/.test(cursor) ? Number(cursor) : 0
  if (first === 0) throw new InputError('INVALID_ARGUMENT', 'The cursor is not one of this listing.')
  return first
}
