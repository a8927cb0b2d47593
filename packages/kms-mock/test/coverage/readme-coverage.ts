import { fileURLToPath } from 'node:url'
import { coverageTables } from './coverage-tables.js'

/** The README of this package. */
export const readme = fileURLToPath(new URL('../../README.md', import.meta.url))

const markers = ['<!-- coverage: npm run coverage-table -->', '<!-- end of coverage -->'] as const

/** A README whose part between the markers is what the tests cover today. */
export const withCoverage = (text: string): string => {
  const [begin, end] = markers.map((marker) => text.indexOf(marker))
  if (begin! < 0 || end! < begin!) throw new Error('the README has no place for the coverage')
  return `${text.slice(0, begin! + markers[0].length)}\n\n${coverageTables()}\n\n${text.slice(end)}`
}
