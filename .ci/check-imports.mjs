// Imports point one way: cli → config → core ← backend-*; kms-mock stands alone (docs/architecture.md).
// Checks the declared dependencies of every package, development ones included, and the imports in its files.
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const root = new URL('..', import.meta.url).pathname
const scope = '@sealring/'

/** What a package may import of ours: in `src`, and besides in `test` and `bench`. */
const allowed = {
  core: { src: [], test: ['kms-mock'] },
  'backend-dynamodb': { src: ['core'], test: ['test-servers'] },
  'backend-s3': { src: ['core'], test: ['test-servers'] },
  'kms-mock': { src: [], test: [] },
  config: { src: ['core'], test: ['test-servers'] },
  cli: {
    src: ['core', 'config', 'backend-dynamodb', 'backend-s3', 'kms-mock'],
    test: ['test-servers'],
  },
  'test-servers': { src: ['kms-mock'], test: [] },
  integration: {
    src: ['core', 'config', 'backend-dynamodb', 'backend-s3', 'kms-mock', 'test-servers'],
    test: ['cli'],
  },
}

/** The only foreign packages that each package may import at run time. */
const foreign = {
  core: [
    '@aws-crypto/client-node',
    '@aws-crypto/material-management-node',
    '@aws-crypto/kms-keyring-node',
    '@aws-sdk/client-kms',
    '@opentelemetry/api',
    'shamir-secret-sharing',
  ],
  'backend-dynamodb': ['@aws-sdk/client-dynamodb'],
  'backend-s3': ['@aws-sdk/client-s3', '@aws-sdk/lib-storage'],
  'kms-mock': ['@noble/curves', '@noble/post-quantum', 'ajv'],
}

const faults = []

function* files(folder) {
  let entries
  try {
    entries = readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    if (error.code === 'ENOENT') return
    throw error
  }
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* files(path)
    else if (/\.(ts|mts|js|mjs)$/.test(entry.name)) yield path
  }
}

/** `@scope/name/sub` → `@scope/name`; built-in and relative specifiers → undefined. */
function packageOf(specifier) {
  if (/^(node:|\.|#|\/)/.test(specifier)) return undefined
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

const specifiers = /(?:\bfrom\s*|\bimport\s*\(\s*|^\s*import\s+|\brequire\s*\(\s*)['"]([^'"\n]+)['"]/gm

for (const name of readdirSync(join(root, 'packages'))) {
  const rule = allowed[name]
  if (!rule) {
    faults.push(`packages/${name}: not in the table of allowed imports`)
    continue
  }
  const manifest = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'))
  const runtime = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies }
  const both = [...rule.src, ...rule.test]
  for (const [kind, dependencies, ours] of [
    ['dependencies', runtime, rule.src],
    ['devDependencies', manifest.devDependencies ?? {}, both],
  ])
    for (const dependency of Object.keys(dependencies))
      if (dependency.startsWith(scope) && !ours.includes(dependency.slice(scope.length)))
        faults.push(`packages/${name}/package.json: ${kind} must not name ${dependency}`)

  for (const [part, ours] of [
    ['src', rule.src],
    ['test', both],
    ['bench', both],
  ])
    for (const file of files(join(root, 'packages', name, part)))
      for (const [, specifier] of readFileSync(file, 'utf8').matchAll(specifiers)) {
        const where = file.slice(root.length)
        if (/^(\.\.\/)+packages\/|^(\.\.\/){2,}[a-z0-9-]+\/(src|dist)\//.test(specifier))
          faults.push(`${where}: reaches into another package by path: ${specifier}`)
        const target = packageOf(specifier)
        if (!target || target === scope + name) continue
        if (target.startsWith(scope)) {
          if (!ours.includes(target.slice(scope.length))) faults.push(`${where}: must not import ${target}`)
        } else if (part === 'src') {
          if (!(target in runtime)) faults.push(`${where}: imports ${target}, which is no runtime dependency`)
          if (foreign[name] && !foreign[name].includes(target))
            faults.push(`${where}: ${target} is not among the packages that ${name} may import`)
        }
      }
}

for (const fault of faults) console.error(fault)
console.log(faults.length ? `import arrows: ${faults.length} faults` : 'import arrows: all point one way')
process.exitCode = faults.length ? 1 : 0
