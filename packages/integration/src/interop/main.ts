import { parseArgs } from 'node:util'
import { checkLanguage } from './check-language.js'

// node main.js [--keep] -- <language> <program> [argument…]; .ci/interop builds the program and calls this.
const { values, positionals } = parseArgs({
  options: { keep: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const [language, ...command] = positionals
const faults = await checkLanguage({
  language: language!,
  command,
  keep: values.keep,
  say: (line) => void process.stdout.write(`${line}\n`),
})
for (const fault of faults) process.stderr.write(`${fault}\n`)
process.exitCode = faults.length > 0 ? 1 : 0
