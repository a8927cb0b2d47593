/** The highest revision, 0 for none. Not `Math.max(...)`: a name may have more revisions than a call takes arguments. */
export function highest(revisions: Iterable<number>): number {
  let tip = 0
  for (const revision of revisions) tip = Math.max(tip, revision)
  return tip
}
