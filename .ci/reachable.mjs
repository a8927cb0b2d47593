import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** All files that `file` reaches by relative imports, itself included. `fileOf`: what an imported path stands for. */
export function reachable(file, fileOf = (path) => path, seen = new Set()) {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/(?:from|import\(?)\s*['"](\.[^'"]+)['"]/g))
    reachable(fileOf(normalize(join(dirname(file), specifier))), fileOf, seen)
  return seen
}
