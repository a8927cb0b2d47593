import { KmsError, validationError } from '../errors.js'

/** One page of a list. */
export interface Page<T> {
  items: T[]
  /** What ListKeys and ListAliases say beside their items. */
  position: { Truncated: boolean; NextMarker?: string }
}

const prefix = 'after:'

const decodeMarker = (marker: string): string => {
  const text = Buffer.from(marker, 'base64url').toString()
  if (!text.startsWith(prefix) || Buffer.from(text).toString('base64url') !== marker) {
    throw new KmsError('InvalidMarkerException', 'The marker is not valid.')
  }
  return text.slice(prefix.length)
}

/**
 * How many items a page may have. The model allows 1000 for every list; the API Reference less for some.
 * @throws KmsError ValidationException
 */
export const pageLimit = (given: number | undefined, fallback: number, maximum = 1000): number => {
  if (given === undefined || given <= maximum) return given ?? fallback
  throw validationError(
    `1 validation error detected: Value '${given}' at 'limit' failed to satisfy constraint: Member must have value less than or equal to ${maximum}`,
  )
}

/** The first items by name behind `after`, in order: without sorting all of a list of which each page is a small part. */
const firstAfter = <T>(
  list: Iterable<T>,
  nameOf: (item: T) => string,
  count: number,
  after: string | undefined,
): T[] => {
  const first: { name: string; item: T }[] = []
  for (const item of list) {
    const name = nameOf(item)
    if (after !== undefined && name <= after) continue
    if (first.length === count && name >= first[count - 1]!.name) continue
    let low = 0
    let high = first.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (first[middle]!.name <= name) low = middle + 1
      else high = middle
    }
    first.splice(low, 0, { name, item })
    if (first.length > count) first.pop()
  }
  return first.map(({ item }) => item)
}

/**
 * Cuts a page out of a list sorted by name. A marker names the last item of the page before, so
 * items that come or go in between neither repeat nor hide others.
 * @throws KmsError InvalidMarkerException
 */
export const pageOf = <T>(
  list: Iterable<T>,
  nameOf: (item: T) => string,
  limit: number,
  marker: string | undefined,
): Page<T> => {
  const after = marker === undefined ? undefined : decodeMarker(marker)
  // One more than the page has tells whether there are others.
  const first = firstAfter(list, nameOf, limit + 1, after)
  const items = first.slice(0, limit)
  const last = items.at(-1)
  return first.length > limit && last !== undefined
    ? {
        items,
        position: { Truncated: true, NextMarker: Buffer.from(prefix + nameOf(last)).toString('base64url') },
      }
    : { items, position: { Truncated: false } }
}
