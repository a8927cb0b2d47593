/** Choices that depend on a seed alone. */
export interface Random {
  /** From 0 to below 1. */
  next(): number
  /** From 0 to below `count`. */
  index(count: number): number
  chance(probability: number): boolean
  pick<Item>(items: readonly Item[]): Item
}

/** The generator is mulberry32. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const index = (count: number) => Math.floor(next() * count)
  return {
    next,
    index,
    chance: (probability) => next() < probability,
    pick: (items) => items[index(items.length)]!,
  }
}
