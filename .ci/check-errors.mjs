// Every error code has exactly one heading in docs/errors.md, and every heading is a code.
import { readFileSync } from 'node:fs'
import { root } from './public-packages.mjs'

const { errorCodes } = await import(`${root}packages/core/dist/errors.js`)
const text = readFileSync(`${root}docs/errors.md`, 'utf8')
const headings = [...text.matchAll(/^### ([A-Z][A-Z_]+)$/gm)].map(([, code]) => code)
const faults = [
  ...Object.keys(errorCodes)
    .filter((code) => !headings.includes(code))
    .map((code) => `${code}: no heading in docs/errors.md`),
  ...headings.filter((code) => !(code in errorCodes)).map((code) => `${code}: a heading without such a code`),
  ...headings.filter((code, i) => headings.indexOf(code) !== i).map((code) => `${code}: two headings`),
]
for (const fault of faults) console.error(fault)
console.log(`${headings.length} headings, ${Object.keys(errorCodes).length} codes, ${faults.length} faults`)
process.exitCode = faults.length ? 1 : 0
