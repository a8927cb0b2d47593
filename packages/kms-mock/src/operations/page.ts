import { KmsError } from '../errors.js'

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
  throw new KmsError(
    'ValidationException',
    `1 validation error detected: Value '${given}' at 'limit' failed to satisfy constraint: Member must have value less than or equal to ${maximum}`,
  )
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
  const rest = [...list]
    .filter((item) => after === undefined || nameOf(item) > after)
    .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const items = rest.slice(0, limit)
  const last = items.at(-1)
  return rest.length > limit && last !== undefined
    ? {
        items,
        position: { Truncated: true, NextMarker: Buffer.from(prefix + nameOf(last)).toString('base64url') },
      }
    : { items, position: { Truncated: false } }
}
