import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type * as clientNode from '@aws-crypto/client-node'

const require = createRequire(import.meta.url)
const here = dirname(fileURLToPath(import.meta.url))

/** A copy of client-node with all its packages. To the compiler they have our types; they are other classes. */
export type Copy = typeof clientNode

/** Another version, as a dependency that wants it would bring it. */
export function installedCopy(): Copy {
  return require('client-node-second-copy')
}

export interface RemovableCopy {
  readonly copy: Copy
  readonly remove: () => void
}

/** The same version once more, as an installation that does not share packages has it. */
export function copiedCopy(): RemovableCopy {
  const place = mkdtempSync(join(here, 'copy-'))
  const scope = dirname(dirname(require.resolve('@aws-crypto/client-node/package.json')))
  const copied = join(place, 'node_modules/@aws-crypto')
  cpSync(scope, copied, { recursive: true })
  return { copy: require(join(copied, 'client-node')), remove: () => rmSync(place, { recursive: true }) }
}

/** Classes that no loaded module has, as in a bundle: loaded, and then forgotten by Node. */
export function bundledCopy(): Copy {
  const { cache } = require
  const ofTheCopy = () => Object.keys(cache).filter((path) => path.includes('client-node-second-copy'))
  const before = ofTheCopy().map((path) => [path, cache[path]] as const)
  for (const path of ofTheCopy()) delete cache[path]
  const copy = installedCopy()
  for (const path of ofTheCopy()) delete cache[path]
  for (const [path, module] of before) cache[path] = module
  return copy
}

/** Where the package of materials is that `copy` uses. */
export function materialsFile(copyOf: 'installed' | 'own'): string {
  const from =
    copyOf === 'installed'
      ? require.resolve('client-node-second-copy')
      : require.resolve('@aws-crypto/client-node')
  return createRequire(createRequire(from).resolve('@aws-crypto/material-management-node')).resolve(
    '@aws-crypto/material-management',
  )
}
