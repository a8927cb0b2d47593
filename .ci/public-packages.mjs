import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** The packages that are published: `{ folder, manifest }`, in the order of their names. */
export function publicPackages() {
  return readdirSync(`${root}packages`)
    .map((folder) => ({
      folder: `packages/${folder}`,
      manifest: JSON.parse(readFileSync(`${root}packages/${folder}/package.json`, 'utf8')),
    }))
    .filter(({ manifest }) => !manifest.private)
}

/** The entry points that a package exports: `{ subpath, types, file }` with paths relative to its folder. */
export function entryPoints(manifest) {
  return Object.entries(manifest.exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([subpath, target]) => ({ subpath, types: target.types, file: target.default }))
}
