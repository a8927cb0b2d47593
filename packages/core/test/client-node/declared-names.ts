import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const declaration = /^export (?:declare )?(?:abstract )?(?:class|interface|type|enum|function|const) (\w+)/gm
const list = /^export (?:type )?\{([^}]*)\}/gm
const star = /^export \* from '([^']+)'/gm

function fileOf(specifier: string, from: string): string {
  if (specifier.startsWith('.')) {
    const path = join(dirname(from), specifier)
    return existsSync(`${path}.d.ts`) ? `${path}.d.ts` : join(path, 'index.d.ts')
  }
  const manifest = createRequire(from).resolve(`${specifier}/package.json`)
  const { types } = JSON.parse(readFileSync(manifest, 'utf8'))
  return join(dirname(manifest), types)
}

/** Names that a declaration file exports, types included, through all that it passes on. */
export function declaredNames(file: string, seen = new Set<string>()): ReadonlySet<string> {
  const names = new Set<string>()
  if (seen.has(file)) return names
  seen.add(file)
  const text = readFileSync(file, 'utf8')
  for (const [, name] of text.matchAll(declaration)) names.add(name!)
  for (const [, members] of text.matchAll(list)) {
    for (const member of members!.split(',')) {
      const name = member.trim().split(' as ').at(-1)!.replace('type ', '')
      if (name !== '') names.add(name)
    }
  }
  for (const [, specifier] of text.matchAll(star)) {
    for (const name of declaredNames(fileOf(specifier!, file), seen)) names.add(name)
  }
  return names
}

/** Names that a package's main entry point declares. */
export function declaredByPackage(name: string, from: string): ReadonlySet<string> {
  return declaredNames(fileOf(name, from))
}
