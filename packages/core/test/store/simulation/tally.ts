/** How often each thing happened: what never happens is not tested. */
export type Tally = Map<string, number>

export function count(tally: Tally, kind: string, times = 1): void {
  tally.set(kind, (tally.get(kind) ?? 0) + times)
}

export function addTally(total: Tally, more: Tally): void {
  for (const [kind, times] of more) count(total, kind, times)
}

/** Sorted lines of `kind: times`. */
export function tallyLines(tally: Tally): string[] {
  return [...tally]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([kind, times]) => `${kind}: ${times}`)
}
