// Packs every public package and treats the tarballs as a user would: publint and attw, two builds give the
// same bytes, installed into an empty folder, compiled by three compilers with skipLibCheck off, used from ESM
// and through require, licences of everything that comes along.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { entryPoints, publicPackages, root } from './public-packages.mjs'

const work = mkdtempSync(join(tmpdir(), 'sealring-tarballs-'))
const compilers = { ts59: '5.9', ts6: '6', ts7: '7.0.2' }
const allowedLicences =
  /^(Apache-2\.0|MIT|0BSD|ISC|BSD-2-Clause|BSD-3-Clause|BlueOak-1\.0\.0|\(?(MIT OR|Apache-2\.0 OR).*)$/
let faults = 0

const npm = (args, cwd) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

function step(name, action) {
  const began = Date.now()
  try {
    const said = action()
    console.log(`ok    ${name} (${Date.now() - began} ms)${said ? `: ${said}` : ''}`)
  } catch (error) {
    faults++
    console.log(`fault ${name}: ${error.message}\n${error.stdout ?? ''}${error.stderr ?? ''}`)
  }
}

function pack(into) {
  mkdirSync(into)
  for (const { folder } of packages)
    npm(['pack', '--silent', '--ignore-scripts', '--pack-destination', into], join(root, folder))
  return readdirSync(into).map((name) => ({ name, path: join(into, name) }))
}

const digests = (tarballs) =>
  tarballs
    .map(({ name, path }) => `${createHash('sha256').update(readFileSync(path)).digest('hex')}  ${name}`)
    .join('\n')

const packages = publicPackages()
const tarballs = pack(join(work, 'first'))

step('two builds give identical tarballs', () => {
  // Another folder, so that a path of the first build would show.
  const copy = join(work, 'copy')
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', root, copy])
  const changed = execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' }).trim()
  if (changed && process.env.CI) throw new Error(`the work tree is not clean:\n${changed}`)
  if (changed) return 'not compared: the work tree has uncommitted changes'
  for (const place of ['', ...packages.map(({ folder }) => folder)])
    if (existsSync(join(root, place, 'node_modules')))
      symlinkSync(join(root, place, 'node_modules'), join(copy, place, 'node_modules'))
  execFileSync(join(root, 'node_modules/.bin/tsc'), ['-b', ...packages.map(({ folder }) => folder)], {
    cwd: copy,
  })
  execFileSync(process.execPath, ['packages/kms-mock/tools/bundle-command.mjs'], { cwd: copy })
  const second = join(work, 'second')
  mkdirSync(second)
  for (const { folder } of packages)
    npm(['pack', '--silent', '--ignore-scripts', '--pack-destination', second], join(copy, folder))
  const again = readdirSync(second).map((name) => ({ name, path: join(second, name) }))
  if (digests(tarballs) !== digests(again)) throw new Error(`${digests(tarballs)}\n${digests(again)}`)
  return `${tarballs.length} tarballs`
})

for (const { name, path } of tarballs) {
  step(`publint ${name}`, () => void npm(['exec', '--', 'publint', 'run', path, '--strict'], root))
  if (!name.includes('cli'))
    step(
      `attw ${name}`,
      () => void npm(['exec', '--', 'attw', path, '--profile', 'esm-only', '--no-emoji'], root),
    )
}

const user = join(work, 'user')
mkdirSync(user)
const core = packages.find(({ manifest }) => manifest.name === '@sealring/core').manifest
const peers = Object.entries(core.peerDependencies).map(([name, range]) => `${name}@${range}`)
writeFileSync(
  join(user, 'package.json'),
  JSON.stringify({ name: 'user', version: '1.0.0', private: true, type: 'module' }),
)
step('install the tarballs into an empty folder', () => {
  const install = [
    'install',
    '--no-audit',
    '--no-fund',
    // The registry may falter.
    '--fetch-retries=5',
    ...tarballs.map(({ path }) => path),
    ...peers,
    '@types/node@20',
    ...Object.entries(compilers).map(([alias, version]) => `${alias}@npm:typescript@${version}`),
  ]
  npm(install, user)
})

const specifiers = packages.flatMap(({ manifest }) =>
  entryPoints(manifest).map(({ subpath }) => manifest.name + subpath.slice(1)),
)
const program = specifiers.map((specifier, i) => `import * as m${i} from '${specifier}'`).join('\n')
const uses = `export const all = [${specifiers.map((_, i) => `m${i}`).join(', ')}]\n`
writeFileSync(join(user, 'uses.ts'), `${program}\n${uses}`)
writeFileSync(
  join(user, 'tsconfig.json'),
  JSON.stringify({
    compilerOptions: {
      target: 'es2022',
      module: 'nodenext',
      strict: true,
      skipLibCheck: false,
      noEmit: true,
      types: ['node'],
    },
    files: ['uses.ts'],
  }),
)
for (const alias of Object.keys(compilers))
  step(`compiled by ${alias} (${compilers[alias]}) with skipLibCheck: false`, () => {
    const { bin } = JSON.parse(readFileSync(join(user, 'node_modules', alias, 'package.json'), 'utf8'))
    execFileSync(process.execPath, [join(user, 'node_modules', alias, bin.tsc), '-p', user], {
      stdio: 'pipe',
    })
  })

const nodeSays = (file, text) => {
  writeFileSync(join(user, file), text)
  return execFileSync(process.execPath, ['--no-deprecation', join(user, file)], { encoding: 'utf8' }).trim()
}
step('used from ESM', () =>
  nodeSays('esm.mjs', `${program}\n${uses}console.log(all.map((m) => Object.keys(m).length).join(' '))`),
)
step('used through require', () =>
  nodeSays(
    'cjs.cjs',
    `console.log(${JSON.stringify(specifiers)}.map((s) => Object.keys(require(s)).length).join(' '))`,
  ),
)
step('the command answers', () => {
  const out = execFileSync(join(user, 'node_modules/.bin/sealring'), ['--version'], {
    encoding: 'utf8',
  }).trim()
  if (!/^\d+\.\d+\.\d+/.test(out)) throw new Error(`--version said ${out}`)
  return out
})

step('npx @sealring/kms-mock answers', () => {
  const help = npm(['exec', '--no', '--', '@sealring/kms-mock', '--help'], user)
  if (!help.startsWith('sealring-kms-mock: ')) throw new Error(`--help said ${help}`)
  return nodeSays(
    'serve.mjs',
    `import { spawn } from 'node:child_process'
    import { once } from 'node:events'
    const command = spawn('node_modules/.bin/sealring-kms-mock', ['--port', '0'], { cwd: import.meta.dirname })
    process.on('exit', () => command.kill())
    const [line] = await once(command.stdout, 'data')
    const answer = await fetch(/http:[^ ]+/.exec(line)[0] + '/health')
    console.log(answer.status, await answer.text())
    if (!answer.ok) throw new Error('it is not healthy')
    command.kill('SIGTERM')
    const [code] = await once(command, 'exit')
    if (code !== 0) throw new Error('it ended with ' + code)`,
  )
})

step('licences (npm sbom)', () => {
  const sbom = JSON.parse(npm(['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev'], user))
  const compiler = new Set([...Object.keys(compilers), 'typescript'])
  const bad = sbom.components
    .filter(({ name }) => !compiler.has(name) && !name.startsWith('@typescript/'))
    .filter(({ licenses = [] }) => {
      const all = licenses.map(({ license, expression }) => expression ?? license.id ?? license.name)
      return all.length === 0 || !all.every((licence) => allowedLicences.test(licence))
    })
    .map(({ name, version, licenses }) => `${name}@${version} ${JSON.stringify(licenses)}`)
  if (bad.length) throw new Error(`not on the list of licences:\n${bad.join('\n')}`)
  return `${sbom.components.length} components`
})

rmSync(work, { recursive: true, force: true })
console.log(faults ? `tarballs: ${faults} faults` : 'tarballs: all good')
process.exitCode = faults ? 1 : 0
