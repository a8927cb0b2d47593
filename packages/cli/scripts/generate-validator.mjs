// Writes schema/validate-config.js from schema/config.schema.json. Loading ajv and compiling the schema takes
// longer than everything else that `sealring get` does, so it is done here; a test compares what is checked in.
// With --check nothing is written: exit code 1 says that the file is not what the schema gives.
import { readFileSync, writeFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import * as prettier from 'prettier'

const schemaFile = new URL('../schema/config.schema.json', import.meta.url)
const target = new URL('../schema/validate-config.js', import.meta.url)

const ajv = new Ajv({
  discriminator: true,
  allErrors: true,
  verbose: true,
  messages: false,
  code: { source: true, esm: true, lines: true },
})
const validate = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')))
const code = standalone
  .default(ajv, validate)
  .replace('"use strict";', '')
  .replace(/^export default .*$/m, '')
if (/\brequire\(/.test(code)) throw new Error('The validator would need a module of ajv at run time.')
const source = `// Generated from config.schema.json by scripts/generate-validator.mjs: change those.
/* oxlint-disable */
${code}`
const formatted = await prettier.format(source, {
  ...(await prettier.resolveConfig(target)),
  parser: 'babel',
})

if (!process.argv.includes('--check')) writeFileSync(target, formatted)
else process.exitCode = readFileSync(target, 'utf8') === formatted ? 0 : 1
