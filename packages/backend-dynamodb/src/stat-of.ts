import type { SlotStat } from '@sealring/core'
import { headStat } from './layout.js'
import type { Item } from './layout.js'
import { problem } from './location.js'
import type { Caller, DynamodbLocation } from './location.js'
import type { NameIndex } from './name-index.js'

/** What a head of a name says. Fails with BLOB_DAMAGED. */
export type StatOf = (name: string, item: Item, caller: Caller) => SlotStat

/** Whoever looks at a head thereby knows that its name is indexed. */
export function statOf(location: DynamodbLocation, index: NameIndex): StatOf {
  return (name, item, caller) => {
    const stat = headStat(name, item)
    if (!stat)
      throw problem(location, 'BLOB_DAMAGED', `a head of ${JSON.stringify(name)} is malformed`, caller)
    index.saw(name)
    return stat
  }
}
