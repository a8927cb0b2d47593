/** A key, and when something happens to it. */
export interface DueKey<K> {
  readonly key: K
  readonly at: number
}

/** Keys by the time at which something happens to them. A date that has changed since stays in it for a while. */
export interface DueQueue<K> {
  /** A binary heap: each entry is no later than those at twice its index plus 1 and 2. */
  readonly heap: DueKey<K>[]
  /** The date that was put in last for a key, so that no date is put in again and again. */
  readonly noted: Map<K, number>
}

/** A queue without keys. */
export const emptyDueQueue = <K>(): DueQueue<K> => ({ heap: [], noted: new Map() })

const spare = 64

/** Leaves the dates that still hold. An array in order is a heap. */
const dropChanged = <K>({ heap, noted }: DueQueue<K>): void => {
  let kept = 0
  for (const due of heap) if (noted.get(due.key) === due.at) heap[kept++] = due
  heap.length = kept
  heap.sort((a, b) => a.at - b.at)
}

/** Puts a date of a key in. */
export const putDue = <K>({ heap, noted }: DueQueue<K>, due: DueKey<K>): void => {
  if (noted.get(due.key) === due.at) return
  noted.set(due.key, due.at)
  if (heap.length > 2 * noted.size + spare) dropChanged({ heap, noted })
  let at = heap.length
  while (at > 0) {
    const parent = (at - 1) >>> 1
    if (heap[parent]!.at <= due.at) break
    heap[at] = heap[parent]!
    at = parent
  }
  heap[at] = due
}

/** Takes the earliest out, if it is not later than `now`. */
export const takeDue = <K>({ heap, noted }: DueQueue<K>, now: number): DueKey<K> | undefined => {
  const [first] = heap
  if (first === undefined || first.at > now) return undefined
  if (noted.get(first.key) === first.at) noted.delete(first.key)
  const last = heap.pop()!
  const { length } = heap
  if (length === 0) return first
  let at = 0
  for (;;) {
    const left = 2 * at + 1
    const child = left + 1 < length && heap[left + 1]!.at < heap[left]!.at ? left + 1 : left
    if (child >= length || heap[child]!.at >= last.at) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = last
  return first
}
