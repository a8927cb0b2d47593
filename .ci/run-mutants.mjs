// Puts each mutant of packages/core/test/store/mutants (a patch of the store's sources that breaks one promise) into a
// copy of the built package, and runs the simulation of the store there, then the tests of the store: one of them must
// fail. Ends with an error where a mutant survives, a patch no longer applies, or the unchanged copy fails.
import { execFile } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { transformSync } from 'esbuild'
import { root } from './public-packages.mjs'

const run = promisify(execFile)
const core = join(root, 'packages/core')
const patches = join(core, 'test/store/mutants')
const seeds = { mutant: 300, control: 60 }
const timeout = 300_000
const scratch = mkdtempSync(join(tmpdir(), 'sealring-mutants-'))

/** A copy of the built package that finds its dependencies. */
function copyPackage(name) {
  const folder = join(scratch, name, 'packages/core')
  mkdirSync(folder, { recursive: true })
  for (const part of ['package.json', 'src/store', 'dist', 'dist-test/store'])
    cpSync(join(core, part), join(folder, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(scratch, name, 'node_modules'))
  return folder
}

/** Apply a patch to the sources and compile what it changed. */
async function mutate(folder, patch) {
  await run('git', ['apply', '-p1', join(patches, patch)], { cwd: join(folder, '../..') })
  const changed = readFileSync(join(patches, patch), 'utf8').matchAll(
    /^\+\+\+ b\/packages\/core\/src\/(.+)\.ts$/gm,
  )
  for (const [, file] of changed) {
    const source = readFileSync(join(folder, 'src', `${file}.ts`), 'utf8')
    const { code } = transformSync(source, { loader: 'ts', format: 'esm', target: 'node20' })
    writeFileSync(join(folder, 'dist', `${file}.js`), code)
  }
}

/** Output of a command, and whether it failed. */
async function outcomeOf(folder, args) {
  try {
    const { stdout } = await run(process.execPath, args, { cwd: folder, timeout, maxBuffer: 2 ** 26 })
    return { failed: false, output: stdout }
  } catch (error) {
    if (error.killed) throw new Error(`no end within ${timeout} ms`, { cause: error })
    return { failed: true, output: `${error.stdout}${error.stderr}` }
  }
}

const simulate = (folder, count) =>
  outcomeOf(folder, ['dist-test/store/simulation/simulate-command.js', '--count', String(count)])
const storeTests = (folder) =>
  outcomeOf(folder, [
    join(root, 'node_modules/mocha/bin/mocha.js'),
    '--no-config',
    '--bail',
    '--timeout=60000',
    'dist-test/store/*.test.js',
  ])

/** Who noticed the mutant; `undefined` when nobody did. */
async function killerOf(folder) {
  const simulation = await simulate(folder, seeds.mutant)
  const seed = /^Seed (\d+) broke a promise:\n(.*)$/m.exec(simulation.output)
  if (seed) return `seed ${seed[1]}: ${seed[2]}`
  if (simulation.failed) throw new Error(`the simulation did not run: ${simulation.output}`)
  const tests = await storeTests(folder)
  return tests.failed ? 'the tests of the store' : undefined
}

async function judge(patch) {
  const name = patch.replace(/\.patch$/, '')
  const began = performance.now()
  const say = (what) => console.log(`${name}: ${what} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
  try {
    const folder = copyPackage(name)
    await mutate(folder, patch)
    const killer = await killerOf(folder)
    say(killer ? `killed by ${killer}` : 'SURVIVED')
    return killer !== undefined
  } catch (error) {
    say(`FAILED: ${error.message}`)
    return false
  }
}

try {
  const all = readdirSync(patches).filter((file) => file.endsWith('.patch'))
  if (all.length < 10) throw new Error(`only ${all.length} mutants in ${patches}`)
  const control = await simulate(copyPackage('unchanged'), seeds.control)
  if (control.failed) throw new Error(`the unchanged store fails:\n${control.output}`)
  let failed = 0
  const queue = [...all]
  const worker = async () => {
    for (let patch = queue.shift(); patch; patch = queue.shift()) if (!(await judge(patch))) failed += 1
  }
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, worker))
  console.log(`${all.length} mutants, ${failed} not killed`)
  process.exitCode = failed === 0 ? 0 : 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
