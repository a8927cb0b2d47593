/** Every choice of `count` of the items, in their order. */
export function* combinations<Item>(items: readonly Item[], count: number): Generator<readonly Item[]> {
  if (count === 0) {
    yield []
    return
  }
  for (let first = 0; first <= items.length - count; first += 1) {
    for (const rest of combinations(items.slice(first + 1), count - 1)) yield [items[first]!, ...rest]
  }
}
