import type { MaterialKind } from './material-kind.js'

/** Secrets of one length: raw bytes (developer guide, "Requirements for imported key material"). */
export const secretMaterial = (length: number): MaterialKind => ({
  derive: (draw) => draw(length),
  check: (bytes) => (bytes.length === length ? Buffer.from(bytes) : undefined),
})
