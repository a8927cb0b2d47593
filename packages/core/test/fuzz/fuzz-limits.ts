import type { Cost } from './cost-meter.js'
import type { Memory } from './memory-watch.js'

/** What a run may cost. */
export interface FuzzLimits {
  /** Milliseconds of one case with all its targets; of the processor, so that other programs don't count. */
  readonly caseMilliseconds: number
  /** Milliseconds after which a case that does not end counts as hanging. */
  readonly hangMilliseconds: number
  /** Bytes that the largest Buffer of a case may have beyond four times its message. */
  readonly bufferBytes: number
  /** Bytes of the heap that a case may leave behind, garbage included, beyond a thousand times its message. */
  readonly heapBytes: number
  /** Bytes outside the heap, likewise, beyond a hundred times its message. */
  readonly externalBytes: number
  /** Cases between two looks at what is held: at the first one everything is compiled and every cache is full. */
  readonly memoryInterval: number
  /** Bytes that may be held more than at the start: on the heap, and outside. */
  readonly growthBytes: number
  /** Resident bytes more than at the start: garbage and what allocators keep are in it. */
  readonly residentBytes: number
}

const mebibyte = 2 ** 20

export const defaultFuzzLimits: FuzzLimits = {
  caseMilliseconds: 250,
  hangMilliseconds: 20_000,
  bufferBytes: mebibyte / 16,
  heapBytes: 32 * mebibyte,
  externalBytes: 2 * mebibyte,
  memoryInterval: 20_000,
  growthBytes: 16 * mebibyte,
  residentBytes: 192 * mebibyte,
}

/** What is too much of the memory that a case took. */
export function costFaults(limits: FuzzLimits, cost: Cost, messageLength: number): string[] {
  const faults: string[] = []
  const { largestBuffer, heap, external } = cost
  if (largestBuffer > limits.bufferBytes + 4 * messageLength) {
    faults.push(`a Buffer of ${largestBuffer} bytes for a message of ${messageLength}`)
  }
  if (heap > limits.heapBytes + 1000 * messageLength) {
    faults.push(`${heap} bytes of the heap for a message of ${messageLength}`)
  }
  if (external > limits.externalBytes + 100 * messageLength) {
    faults.push(`${external} bytes outside the heap for a message of ${messageLength}`)
  }
  return faults
}

/** What grew too much. */
export function memoryFaults(limits: FuzzLimits, start: Memory, now: Memory): string[] {
  const { growthBytes, residentBytes } = limits
  const rows = [
    ['heapUsed', growthBytes],
    ['external', growthBytes],
    ['rss', residentBytes],
  ] as const
  return rows
    .filter(([name, limit]) => now[name] - start[name] > limit)
    .map(([name]) => `${name} grew from ${start[name]} to ${now[name]} bytes`)
}
