/** Choices that depend on a seed and a case number alone. */
export interface Random {
  /** From 0 to below `count`, which is at most 2^32. */
  index(count: number): number
  /** From `low` to `high`, both included. */
  between(low: number, high: number): number
  chance(probability: number): boolean
  pick<Item>(items: readonly Item[]): Item
  bytes(length: number): Buffer
}

/** Spreads the bits of a 32-bit number (the finalizer of MurmurHash3). */
function mixed(value: number): number {
  let bits = value >>> 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

/**
 * sfc32, which is fast and has no weak seeds. Every case has a generator of its own, so that one case is replayed
 * without those before it.
 */
export function caseRandom(seed: number, number: number): Random {
  let a = mixed(seed)
  let b = mixed(Math.floor(seed / 2 ** 32) ^ 0x9e3779b9)
  let c = mixed(number) ^ mixed(Math.floor(number / 2 ** 32) + 0x7f4a7c15)
  let counter = 1
  const next = () => {
    const value = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + value
    return value >>> 0
  }
  // The first values still show the seed.
  for (let n = 0; n < 12; n += 1) next()
  const index = (count: number) => Math.floor((next() / 2 ** 32) * count)
  return {
    index,
    between: (low, high) => low + index(high - low + 1),
    chance: (probability) => next() < probability * 2 ** 32,
    pick: (items) => items[index(items.length)]!,
    bytes: (length) => Buffer.from(Array.from({ length }, () => next() & 0xff)),
  }
}

/** A table whose rows come up as often as their weights say. */
export function weighted<Row extends { readonly weight: number }>(
  rows: readonly Row[],
): (random: Random) => Row {
  const total = rows.reduce((sum, { weight }) => sum + weight, 0)
  return (random) => {
    let left = random.index(total)
    for (const row of rows) {
      left -= row.weight
      if (left < 0) return row
    }
    return rows.at(-1)!
  }
}

/** A number of `bits` bits that parsers get wrong, given the right one. */
export function hostileNumber(random: Random, bits: 8 | 16 | 32, actual: number): number {
  const maximum = 2 ** bits - 1
  const power = 2 ** random.index(bits)
  const value = random.pick([
    0,
    1,
    maximum,
    maximum - 1,
    actual + 1,
    actual - 1,
    actual * 2,
    Math.floor(actual / 2),
    power,
    power - 1,
    random.index(maximum + 1),
  ])
  return Math.min(Math.max(value, 0), maximum)
}
