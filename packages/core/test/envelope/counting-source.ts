import type { SeekableSource } from '@sealring/core/envelope'

export interface CountingSource extends SeekableSource {
  /** Every read that was asked for, and how many bytes it gave. */
  readonly reads: { readonly start: number; readonly end: number; readonly given: number }[]
}

/** Serves `bytes` as a server of ranges would, and writes down what it was asked for. */
export function countingSource(bytes: Uint8Array, size: number | undefined): CountingSource {
  const reads: CountingSource['reads'] = []
  return {
    size,
    reads,
    async read(start, end) {
      const given = bytes.subarray(start, end)
      reads.push({ start, end, given: given.byteLength })
      return given
    },
  }
}

export function bytesGiven(reads: CountingSource['reads']): number {
  return reads.reduce((sum, { given }) => sum + given, 0)
}
