// Every error code of core and of the command has exactly one heading in docs/errors.md, and every heading is a code.
import { readFileSync } from 'node:fs'
import { root } from './public-packages.mjs'

const { errorCodes: coreCodes } = await import(`${root}packages/core/dist/errors.js`)
const { cliErrorCodes } = await import(`${root}packages/cli/dist/exit-codes.js`)
const errorCodes = { ...coreCodes, ...cliErrorCodes }
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
