import { InputError, checkNameGrammar, checkPage } from '@sealring/core'
import type { Backend } from '@sealring/core'
import { indexKeyOf } from './layout.js'
import { begin } from './location.js'
import type { DynamodbLocation } from './location.js'
import type { NameIndex } from './name-index.js'
import { queryRevisions } from './query-revisions.js'
import type { StatOf } from './stat-of.js'

/** The methods of a Backend that find revisions and names. */
export function listings(
  location: DynamodbLocation,
  index: NameIndex,
  statOf: StatOf,
): Pick<Backend, 'latest' | 'revisions' | 'names'> {
  const { layout } = location
  return {
    async latest(name, call) {
      const caller = begin('latest', call)
      checkNameGrammar(name)
      const tip = { ScanIndexForward: false, Limit: 1 }
      const { Items } = await queryRevisions(location, layout.heads(name), tip, caller)
      return Items?.[0] && statOf(name, Items[0], caller)
    },

    async revisions(name, call) {
      const caller = begin('revisions', call)
      checkNameGrammar(name)
      const page = {
        Limit: checkPage(call, 1000),
        ...(call?.cursor !== undefined && startOf(name, call.cursor)),
      }
      const { Items, LastEvaluatedKey } = await queryRevisions(location, layout.heads(name), page, caller)
      const items = (Items ?? []).map((item) => statOf(name, item, caller))
      const cursor = LastEvaluatedKey?.['r']?.N
      return cursor === undefined ? { items } : { items, cursor }
    },

    async names(call) {
      return index.list(call, begin('names', call))
    },
  }

  function startOf(name: string, cursor: string) {
    if (!/^[1-9]\d{0,11}$/.test(cursor))
      throw new InputError('INVALID_ARGUMENT', 'The cursor is not one that revisions() returned.')
    const revision = Number(cursor)
    return { after: indexKeyOf(layout.head({ name, revision }), revision) }
  }
}
