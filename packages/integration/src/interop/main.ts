import { parseArgs } from 'node:util'
import { checkKeyrings, keyringLanguages } from './check-keyrings.js'
import { checkLanguage } from './check-language.js'

// node main.js [--keep] [--keyrings-only] -- <language> <program> [argument…]; .ci/interop builds the program and calls this.
const { values, positionals } = parseArgs({
  options: {
    keep: { type: 'boolean', default: false },
    'keyrings-only': { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
const [language, ...command] = positionals
const check = {
  language: language!,
  command,
  keep: values.keep,
  say: (line: string) => void process.stdout.write(`${line}\n`),
}
const faults = values['keyrings-only'] ? [] : await checkLanguage(check)
if (keyringLanguages.includes(check.language)) faults.push(...(await checkKeyrings(check)))
for (const fault of faults) process.stderr.write(`${fault}\n`)
process.exitCode = faults.length > 0 ? 1 : 0
