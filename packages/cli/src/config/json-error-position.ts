/**
 * Where JSON.parse stumbled, both counted from 1. Newer engines say the position. Older ones don't, but a text
 * cut before its fault only ends too early, so the longest such beginning is searched by halving.
 */
export function jsonErrorPosition(text: string, error: unknown): { line: number; column: number } {
  const before = text.slice(0, positionOf(error) ?? longestBeginning(text)).split('\n')
  return { line: before.length, column: before.at(-1)!.length + 1 }
}

function positionOf(error: unknown): number | undefined {
  const position = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined
  return position === undefined ? undefined : Number(position)
}

function longestBeginning(text: string): number {
  let [fine, faulty] = [0, text.length + 1]
  while (faulty - fine > 1) {
    const middle = (fine + faulty) >> 1
    if (endsTooEarly(text.slice(0, middle))) fine = middle
    else faulty = middle
  }
  return fine
}

function endsTooEarly(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    return (
      error instanceof Error &&
      (/end of JSON|Unterminated/.test(error.message) || positionOf(error) === text.length)
    )
  }
}
