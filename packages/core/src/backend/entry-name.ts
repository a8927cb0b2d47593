import { InputError } from '../errors.js'

/** Longest entry name, in bytes of UTF-8. */
export const maxNameBytes = 255

/**
 * Names below this first segment belong to the library: the manifest of a location lives in the sidecars of
 * `(reservedName, 0)`. User names must not start with it.
 */
export const reservedName = 'sealring'

// Control, format, surrogate and private-use characters, line and paragraph separators: nobody can read or
// type them reliably, and some reorder what a terminal shows.
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u

const rules: readonly { broken: (name: string) => boolean; says: string }[] = [
  { broken: (name) => name.length === 0, says: 'is empty' },
  { broken: (name) => Buffer.byteLength(name) > maxNameBytes, says: `is longer than ${maxNameBytes} bytes` },
  { broken: (name) => unprintable.test(name), says: 'has an unprintable character' },
  { broken: (name) => name.normalize('NFC') !== name, says: 'is not in Unicode normalization form C' },
  { broken: (name) => name.includes('\\'), says: 'has a backslash; segments are separated by /' },
  {
    broken: (name) =>
      name.split('/').some((segment) => segment === '' || segment === '.' || segment === '..'),
    says: 'has an empty segment, "." or ".."',
  },
  {
    broken: (name) => name.split('/').some((segment) => segment.trim() !== segment),
    says: 'has a segment that starts or ends with white space',
  },
]

/**
 * Check the grammar of an entry name: segments separated by `/`, Unicode NFC, 1 to 255 bytes, no empty or dot
 * segment, nothing unprintable. Names are public: they stand in message headers and in CloudTrail.
 * Fails with INVALID_NAME.
 */
export function checkName(name: string): void {
  checkNameGrammar(name)
  if (name === reservedName || name.startsWith(`${reservedName}/`))
    throw new InputError('INVALID_NAME', `Names below "${reservedName}/" are reserved.`)
}

/** As `checkName`, but the library's own names pass too. Fails with INVALID_NAME. */
export function checkNameGrammar(name: string): void {
  if (typeof name !== 'string') throw new InputError('INVALID_NAME', 'An entry name must be a string.')
  const rule = rules.find(({ broken }) => broken(name))
  if (rule) throw new InputError('INVALID_NAME', `The entry name ${rule.says}.`)
}

/** Fails with INVALID_REVISION unless `revision` is an integer from 1 to 999 999 999 999. */
export function checkRevision(revision: number): void {
  if (!Number.isSafeInteger(revision) || revision < 1 || revision > maxRevision)
    throw new InputError('INVALID_REVISION', `A revision is an integer from 1 to ${maxRevision}.`)
}

/** Twelve digits: what the fixed-width keys of the backends hold. */
export const maxRevision = 999_999_999_999
