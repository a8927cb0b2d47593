import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { vectorFiles, vectorsFolder } from './vector-files.js'

/** Files that people wrote; everything else below `test-vectors/` comes from the generator. */
const written = [
  'README.md',
  'schema/manifest.schema.json',
  'schema/manifest-required-context.schema.json',
  'schema/keys.schema.json',
  'schema/error-codes.schema.json',
]

const schemas = {
  'manifest.json': 'manifest',
  'manifest-required-context.json': 'manifest-required-context',
  'keys.json': 'keys',
  'error-codes.json': 'error-codes',
}

/** What is wrong with the folder (its path ends with a slash), one line a fault. `expected`: what it should hold. */
export function lintVectors(
  folder: string = vectorsFolder,
  expected: ReadonlyMap<string, Buffer> = vectorFiles(),
): string[] {
  const faults: string[] = []
  const read = (path: string): Buffer => readFileSync(join(folder, path))
  const present = new Set(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
      // Those have a lint or a test of their own.
      .filter((path) => !/^interop(-keyrings)?\//.test(path)),
  )

  for (const path of [...expected.keys(), ...written]) if (!present.has(path)) faults.push(`${path}: missing`)
  for (const path of present)
    if (!expected.has(path) && !written.includes(path)) faults.push(`${path}: belongs to no vector`)
  for (const [path, content] of expected)
    if (present.has(path) && !content.equals(read(path)))
      faults.push(`${path}: not what the generator writes`)

  const ajv = new Ajv2020({ allErrors: true, strict: true })
  // All before the first is compiled: one refers to another.
  for (const schema of Object.values(schemas))
    ajv.addSchema(JSON.parse(read(`schema/${schema}.schema.json`).toString()), schema)
  for (const [file, schema] of Object.entries(schemas)) {
    if (!present.has(file)) continue
    const validate = ajv.getSchema(schema)!
    if (validate(JSON.parse(read(file).toString())) !== true)
      for (const error of validate.errors ?? []) faults.push(`${file}${error.instancePath}: ${error.message}`)
  }
  return faults
}
