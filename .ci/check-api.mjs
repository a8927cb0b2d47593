// Compares the public types of every package with packages/*/api.snapshot.txt; with --update, writes them.
// A change of a snapshot is a change of the public API: docs/versioning.md says which kind needs which release.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { entryPoints, publicPackages, root } from './public-packages.mjs'
import { reachable } from './reachable.mjs'

const update = process.argv.includes('--update')

const declarationOf = (path) => path.replace(/\.js$/, '.d.ts')

const withoutComments = (text) =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/\n\s*\n+/g, '\n')
    .trim()

let faults = 0
for (const { folder, manifest } of publicPackages()) {
  const base = join(root, folder)
  const entries = entryPoints(manifest)
  const files = new Set(entries.flatMap(({ types }) => [...reachable(join(base, types), declarationOf)]))
  const snapshot = [
    ...entries.map(({ subpath, types }) => `entry ${subpath} ${types}`),
    ...Object.entries(manifest.bin ?? {}).map(([name, file]) => `command ${name} ${file}`),
    ...[...files]
      .map((file) => file.slice(base.length + 1))
      .toSorted((a, b) => (a < b ? -1 : 1))
      .map((file) => `\n--- ${file}\n${withoutComments(readFileSync(join(base, file), 'utf8'))}`),
  ].join('\n')
  const path = join(base, 'api.snapshot.txt')
  if (update) writeFileSync(path, `${snapshot}\n`)
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== `${snapshot}\n`) {
    console.error(`${folder}: the public API differs from api.snapshot.txt (npm run api:update, then review)`)
    faults++
  }
}
console.log(faults ? `api: ${faults} packages differ` : 'api: as in the snapshots')
process.exitCode = faults ? 1 : 0
