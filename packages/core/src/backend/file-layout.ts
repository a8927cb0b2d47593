import type { SidecarKey } from './backend.js'
import { checkNameGrammar } from './entry-name.js'

/*
 * The files of a location (docs/decisions/0002-layout-of-keys-and-items.md):
 *
 *   <name, encoded>/@/000000000001                        the sealed bytes of revision 1, and nothing else
 *   <name, encoded>/@/000000000001.1                      what replaced them; the highest number counts
 *   <name, encoded>/@/000000000001.sidecars/<kind>+<id>.sidecar
 *   @tmp/                                                 files that are being written
 */

/** The folder of a name that holds its revisions. No encoded segment has an `@`. */
export const revisionsFolder = '@'
/** The folder of files that are being written. */
export const temporaryFolder = '@tmp'

const longestPiece = 120
const deviceName = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/

/**
 * The path of a name, folder by folder. Injective, also where the file system folds case, normalises Unicode,
 * strips trailing dots or knows devices: lower-case ASCII letters, digits, `-`, `_` and inner dots stay, every
 * other byte of UTF-8 becomes `%` and two lower-case hexadecimal digits, so does the first character of a device
 * name. A long segment is cut into pieces, joined by `+` at the end of one and the start of the next.
 */
export function encodeName(name: string): string[] {
  return name.split('/').flatMap((segment) => cut(encodeSegment(segment)))
}

/** The name of a path, or `undefined` when `encodeName` does not make that path. */
export function decodeName(path: readonly string[]): string | undefined {
  const segments = path.join('/').replaceAll('+/+', '').split('/').map(decodeSegment)
  const name = segments.join('/')
  try {
    checkNameGrammar(name)
  } catch {
    return undefined
  }
  return encodeName(name).join('/') === path.join('/') ? name : undefined
}

/** Whether a folder is only the first part of a segment. */
export const isCut = (piece: string) => piece.endsWith('+')

function encodeSegment(segment: string): string {
  const escaped = Array.from(Buffer.from(segment), (byte) => {
    const character = String.fromCharCode(byte)
    return /[a-z0-9._-]/.test(character) ? character : escape(byte)
  }).join('')
  const dotted = escaped.replace(/^\.|\.$/g, () => escape(0x2e))
  return deviceName.test(dotted) ? escape(dotted.charCodeAt(0)) + dotted.slice(1) : dotted
}

const escape = (byte: number) => `%${byte.toString(16).padStart(2, '0')}`

function decodeSegment(encoded: string): string {
  const bytes = encoded.replace(/%([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(bytes, 'latin1').toString()
}

function cut(segment: string): string[] {
  const count = Math.ceil(segment.length / longestPiece)
  return Array.from({ length: count }, (_, i) => {
    const piece = segment.slice(i * longestPiece, (i + 1) * longestPiece)
    return `${i > 0 ? '+' : ''}${piece}${i < count - 1 ? '+' : ''}`
  })
}

const paddedRevision = (revision: number) => String(revision).padStart(12, '0')

/** The file of a revision, or of its replacement number `generation`. */
export const revisionFile = (revision: number, generation: number) =>
  generation === 0 ? paddedRevision(revision) : `${paddedRevision(revision)}.${generation}`

/** The revision that a file holds; `undefined` of any other file, replacements included. */
export function revisionOf(file: string): number | undefined {
  return /^[0-9]{12}$/.test(file) && Number(file) > 0 ? Number(file) : undefined
}

export const sidecarsFolder = (revision: number) => `${paddedRevision(revision)}.sidecars`

// The suffix keeps ids that end in a dot, or name a device, harmless.
export const sidecarFile = ({ kind, id }: { kind: string; id: string }) => `${kind}+${id}.sidecar`

/** Kind and id of a sidecar's file; `undefined` of any other file. */
export function sidecarOf(file: string): Pick<SidecarKey, 'kind' | 'id'> | undefined {
  const [, kind, id] = /^([a-z][a-z0-9-]{0,31})\+([a-z0-9][a-z0-9._-]{0,127})\.sidecar$/.exec(file) ?? []
  return kind !== undefined && id !== undefined ? { kind, id } : undefined
}
