import { PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import { checkNamesFilter, checkPage, InputError, maxNameBytes, passesFilter, shardOf } from '@sealring/core'
import type { NamesFilter, Page, PageOptions } from '@sealring/core'
import { keyOf, namePartitions } from './layout.js'
import type { Caller, DynamodbLocation } from './location.js'
import { send } from './send.js'

/**
 * The names that have heads, spread over a few partitions and sorted in each. The entry of a name is written
 * before its first head and never removed, so a head implies an entry; the other way round it doesn't, when a
 * first create was interrupted.
 */
export interface NameIndex {
  /** Write the entry of a name, unless this object knows that it is there. */
  add(name: string, caller: Caller): Promise<void>
  /** A head of this name was seen. */
  saw(name: string): void
  list(options: (PageOptions & NamesFilter) | undefined, caller: Caller): Promise<Page<string>>
}

/** How many names are remembered as indexed: forgetting costs one small write. */
const remembered = 10_000

export function nameIndex(location: DynamodbLocation): NameIndex {
  const { table, layout } = location
  const known = new Set<string>()
  const partitionKey = (name: string) => layout.nameIndex(shardOf(name, namePartitions))

  const saw = (name: string) => {
    if (known.size >= remembered) known.clear()
    known.add(name)
  }

  return {
    saw,

    async add(name, caller) {
      if (known.has(name)) return
      const put = new PutItemCommand({ TableName: table, Item: keyOf(partitionKey(name), name) })
      await send(location, put, caller)
      saw(name)
    },

    async list(options, caller) {
      const limit = checkPage(options, 1000)
      checkNamesFilter(options)
      const prefix = options?.prefix ?? ''
      if (Buffer.byteLength(prefix) > maxNameBytes) return { items: [] }
      const items: string[] = []
      let position: Position | undefined = startOf(options)
      while (position && items.length < limit) {
        const pk = layout.nameIndex(position.partition)
        const query = new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          Limit: limit - items.length,
          KeyConditionExpression: prefix ? 'pk = :pk AND begins_with(sk, :prefix)' : 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: pk }, ...(prefix && { ':prefix': { S: prefix } }) },
          ...(position.after !== undefined && { ExclusiveStartKey: keyOf(pk, position.after) }),
        })
        const answer = await send(location, query, caller)
        const names = (answer.Items ?? []).flatMap(({ sk }) => sk?.S ?? [])
        items.push(...names.filter((name) => passesFilter(name, options)))
        const after = answer.LastEvaluatedKey?.['sk']?.S
        position =
          after === undefined
            ? nextPartition(position.partition + 1, options)
            : { partition: position.partition, after }
      }
      return position ? { items, cursor: cursorOf(position) } : { items }
    },
  }
}

interface Position {
  readonly partition: number
  /** The last name that was listed of this partition. */
  readonly after?: string
}

const cursorOf = ({ partition, after }: Position) =>
  after === undefined ? String(partition) : `${partition}#${after}`

function startOf(options: (PageOptions & NamesFilter) | undefined): Position | undefined {
  if (options?.cursor === undefined) return nextPartition(0, options)
  const [, digits, , after] = /^(\d{1,2})(#(.+))?$/su.exec(options.cursor) ?? []
  const partition = Number(digits)
  if (digits === undefined || partition >= namePartitions)
    throw new InputError('INVALID_ARGUMENT', 'The cursor is not one that names() returned.')
  return after === undefined ? { partition } : { partition, after }
}

/**
 * The first partition from `from` on that can hold names of the asked shard. Partitions and shards are the same
 * number modulo 16 and modulo `count`: they agree modulo what divides both.
 */
function nextPartition(from: number, options: NamesFilter | undefined): Position | undefined {
  const { index, count } = options?.shard ?? { index: 0, count: 1 }
  const common = greatestCommonDivisor(namePartitions, count)
  for (let partition = from; partition < namePartitions; partition++)
    if (partition % common === index % common) return { partition }
  return undefined
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
