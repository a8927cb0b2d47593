import { createHash } from 'node:crypto'

/** Choices that depend on a seed and a case number alone. */
export interface Random {
  /** From 0 to below `count`. */
  index(count: number): number
  chance(probability: number): boolean
  pick<Item>(items: readonly Item[]): Item
  bytes(length: number): Buffer
}

/** Every case has a generator of its own, so that one is made again without those before it. */
export const caseRandom = (seed: number, number: number): Random => {
  let block = Buffer.alloc(0)
  let at = 0
  let count = 0
  const next = (): number => {
    if (at === block.length) {
      block = createHash('sha256').update(`${seed} ${number} ${count}`).digest()
      count += 1
      at = 0
    }
    const value = block.readUInt32BE(at)
    at += 4
    return value
  }
  const index = (limit: number): number => Math.floor((next() / 2 ** 32) * limit)
  return {
    index,
    chance: (probability) => next() < probability * 2 ** 32,
    pick: (items) => items[index(items.length)]!,
    bytes: (length) => Buffer.from(Array.from({ length }, () => next() & 0xff)),
  }
}

/** A table's row, each as often as its weight says. */
export const pickWeighted = <Row extends { readonly weight: number }>(
  random: Random,
  rows: readonly Row[],
): Row => {
  let left = random.index(rows.reduce((sum, { weight }) => sum + weight, 0))
  for (const row of rows) {
    left -= row.weight
    if (left < 0) return row
  }
  throw new Error('no row has any weight')
}
