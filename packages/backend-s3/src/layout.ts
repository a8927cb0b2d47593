import { checkNameGrammar, checkSidecarKey, InputError, maxRevision } from '@sealring/core'
import type { SidecarKey, Slot } from '@sealring/core'

/**
 * Where names, revisions and sidecars stand in a bucket (docs/decisions/0002). A blob is the object
 * `<prefix>entries/<name>/<complement>`, a sidecar `<prefix>sidecars/<name>/<complement>/<kind>/<id>`. The name is one
 * path segment; the complement, `maxRevision - revision` in twelve digits, lists the newest revision first.
 */
export interface Layout {
  /** The key of a blob. */
  entryKey(slot: Slot): string
  /** What all blobs of a name have in front of their complement, and nothing else has. */
  entriesPrefix(name: string): string
  /** The revision that a key below `entriesPrefix(name)` stands for; `undefined` for keys that we didn't make. */
  revisionOf(name: string, key: string): number | undefined
  /** Whether a key is that of some slot's blob. */
  isEntryKey(key: string): boolean
  /** What the keys of all names starting with `start` have in common. */
  namesPrefix(start: string): string
  /** The path segment that a common prefix of a listing of names ends with. */
  segmentOf(commonPrefix: string): string
  /** A key above everything of the name with this segment, and below everything of the next one. */
  afterSegment(segment: string): string
  sidecarKey(key: SidecarKey): string
  sidecarsPrefix(slot: Slot): string
  /** The sidecar that a key below `sidecarsPrefix(slot)` stands for; `undefined` for keys that we didn't make. */
  sidecarOf(slot: Slot, key: string): SidecarKey | undefined
}

/** Longest prefix of a location, in bytes, its closing slash included: the longest key then has 1013 of 1024. */
export const maxPrefixBytes = 64

const digits = 12

/**
 * The layout below a prefix: '' or printable ASCII segments, closed by a slash (added when it is missing).
 * Fails with INVALID_ARGUMENT.
 */
export function s3Layout(prefix: string): Layout {
  const root = checkPrefix(prefix)
  const entries = `${root}entries/`
  const entriesPrefix = (name: string) => `${entries}${encodeName(name)}/`
  const sidecarsPrefix = ({ name, revision }: Slot) =>
    `${root}sidecars/${encodeName(name)}/${complement(revision)}/`
  return {
    entriesPrefix,
    sidecarsPrefix,
    entryKey: ({ name, revision }) => entriesPrefix(name) + complement(revision),
    revisionOf: (name, key) => revisionOf(key.slice(entriesPrefix(name).length)),
    isEntryKey: (key) => {
      const [segment = '', rest = '', ...more] = key.slice(entries.length).split('/')
      const ours = key.startsWith(entries) && more.length === 0
      return ours && decodeName(segment) !== undefined && revisionOf(rest) !== undefined
    },
    // Half of a surrogate pair has no bytes.
    namesPrefix: (start) => entries + encodeName(start.replace(/[\uD800-\uDBFF]$/, '')),
    segmentOf: (commonPrefix) => commonPrefix.slice(entries.length, -1),
    // '0' is the character after '/'.
    afterSegment: (segment) => `${entries}${segment}0`,
    sidecarKey: (key) => `${sidecarsPrefix(key)}${key.kind}/${key.id}`,
    sidecarOf: (slot, key) => {
      const [kind = '', id = '', ...rest] = key.slice(sidecarsPrefix(slot).length).split('/')
      const sidecar = { name: slot.name, revision: slot.revision, kind, id }
      return rest.length === 0 && passes(() => checkSidecarKey(sidecar)) ? sidecar : undefined
    },
  }
}

/**
 * A name as one path segment: `!` and two upper-case hexadecimal digits for each byte of UTF-8 other than
 * `A-Z a-z 0-9 _ . -`, and for a dot in front. Injective, and the start of a name is the start of its segment.
 */
export function encodeName(name: string): string {
  const escaped = name.replace(/[^A-Za-z0-9_.-]/gu, escapeBytes)
  return escaped.startsWith('.') ? `!2E${escaped.slice(1)}` : escaped
}

/** The name of a path segment; `undefined` when it is not what `encodeName` gives for a valid name. */
export function decodeName(segment: string): string | undefined {
  const bytes = segment.replace(/!([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  const name = Buffer.from(bytes, 'latin1').toString('utf8')
  return encodeName(name) === segment && passes(() => checkNameGrammar(name)) ? name : undefined
}

const escapeBytes = (character: string) =>
  [...Buffer.from(character)].map((byte) => `!${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')

const complement = (revision: number) => String(maxRevision - revision).padStart(digits, '0')

function revisionOf(rest: string): number | undefined {
  const revision = /^\d{12}$/.test(rest) ? maxRevision - Number(rest) : 0
  return revision >= 1 ? revision : undefined
}

function checkPrefix(prefix: string): string {
  const root = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`
  const segments = root.split('/').slice(0, -1)
  const plain = segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..')
  if (!plain || !/^[\x21-\x7e]*$/.test(root) || root.length > maxPrefixBytes)
    throw new InputError(
      'INVALID_ARGUMENT',
      `The prefix of an S3 location is at most ${maxPrefixBytes} printable ASCII characters with its closing slash, ` +
        'without an empty segment, "." or "..".',
    )
  return root
}

function passes(check: () => void): boolean {
  try {
    check()
    return true
  } catch (error) {
    if (error instanceof InputError) return false
    throw error
  }
}
