import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Manifest } from '../interop/manifest.js'
import { interopFolder } from '../interop/message-plan.js'
import { vectorsFolder } from './vector-files.js'

/** Files of `interop/` that belong to no language. */
const written = new Set(['README.md', 'manifest.schema.json'])

/** What is wrong with the messages that other SDKs wrote (the path ends with a slash), one line a fault. */
export function lintInterop(folder: string = vectorsFolder): string[] {
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8')
  const keys = readFileSync(`${interopFolder}keys.json`, 'utf8')
  const faults = keyFaults(JSON.parse(keys).keys, JSON.parse(read('keys.json')).keys)
  const readme = read('interop/README.md')
  const validate = new Ajv2020({ strict: true }).compile<Manifest>(
    JSON.parse(read('interop/manifest.schema.json')),
  )

  for (const entry of readdirSync(join(folder, 'interop'), { withFileTypes: true })) {
    const place = `interop/${entry.name}`
    if (!entry.isDirectory()) {
      if (!written.has(entry.name)) faults.push(`${place}: belongs to no language`)
      continue
    }
    const present = new Set(readdirSync(join(folder, place), { recursive: true, encoding: 'utf8' }))
    for (const directory of ['ciphertexts', 'plaintexts']) present.delete(directory)
    if (!present.has('manifest.json') || !present.has('keys.json')) {
      faults.push(`${place}: has no manifest.json and keys.json`)
      continue
    }
    const manifest: unknown = JSON.parse(read(`${place}/manifest.json`))
    if (!validate(manifest)) {
      for (const { instancePath, message } of validate.errors ?? [])
        faults.push(`${place}/manifest.json${instancePath}: ${message}`)
      continue
    }
    const { name, version } = manifest.client
    if (!readme.includes(`\`${entry.name}/\` | ${name} ${version} `))
      faults.push(`interop/README.md: does not say that ${name} ${version} wrote ${entry.name}/`)
    if (read(`${place}/keys.json`) !== keys) faults.push(`${place}/keys.json: not the keys of the programs`)
    const expected = new Set(['manifest.json', 'keys.json', ...namedFiles(manifest)])
    for (const path of expected) if (!present.has(path)) faults.push(`${place}/${path}: missing`)
    for (const path of present) if (!expected.has(path)) faults.push(`${place}/${path}: belongs to no vector`)
  }
  return faults
}

/** One name is one key, here and in the vectors. */
function keyFaults(theirs: Record<string, unknown>, ours: Record<string, unknown>): string[] {
  return Object.entries(theirs)
    .filter(([name, key]) => name in ours && JSON.stringify(ours[name]) !== JSON.stringify(key))
    .map(([name]) => `packages/integration/interop/keys.json: ${name} is not that of keys.json`)
}

function namedFiles({ tests }: Manifest): string[] {
  return Object.values(tests)
    .flatMap(({ ciphertext, result }) => [ciphertext, result.output!.plaintext])
    .map((uri) => uri.slice('file://'.length))
}
