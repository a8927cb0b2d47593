import { InputError } from '../errors.js'
import type { ByteRange, NamesFilter, PageOptions } from './backend.js'

/** The number of items a page may hold: `limit`, or `fallback`. Fails with INVALID_ARGUMENT. */
export function checkPage(options: PageOptions | undefined, fallback: number): number {
  const limit = options?.limit ?? fallback
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new InputError('INVALID_ARGUMENT', 'The limit of a page is an integer from 1.')
  return limit
}

/** Check the shard of a listing. Fails with INVALID_ARGUMENT. */
export function checkNamesFilter(filter: NamesFilter | undefined): void {
  const shard = filter?.shard
  if (!shard) return
  const { index, count } = shard
  const fits = Number.isSafeInteger(count) && Number.isSafeInteger(index) && index >= 0 && index < count
  if (!fits) throw new InputError('INVALID_ARGUMENT', 'A shard is an index from 0 and below its count.')
}

/** The part of a range that lies inside `size` bytes. Fails with INVALID_ARGUMENT. */
export function clipRange(range: ByteRange | undefined, size: number): ByteRange {
  if (!range) return { start: 0, end: size }
  const { start, end } = range
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || start > end)
    throw new InputError('INVALID_ARGUMENT', 'A range has two integers, 0 <= start <= end.')
  return { start: Math.min(start, size), end: Math.min(end, size) }
}
