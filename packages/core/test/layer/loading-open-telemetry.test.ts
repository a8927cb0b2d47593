import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'

const core = dirname(createRequire(import.meta.url).resolve('@sealring/core/package.json'))

/** Calls each layer's backend twice, and says what `canary` was at each step. */
const canaryProgram = `
  import { withOpenTelemetry } from './core/dist/layer/with-open-telemetry.js'
  import { memoryBackend } from './core/dist/backend/memory-backend.js'
  const warnings = []
  process.on('warning', ({ code }) => warnings.push(code))
  const steps = [globalThis.canary]
  const backend = withOpenTelemetry(memoryBackend({ id: 'memory' }))
  steps.push(globalThis.canary)
  const answers = [await backend.latest('name'), await backend.names()]
  steps.push(globalThis.canary)
  await new Promise(setImmediate)
  console.log(JSON.stringify({ steps: steps.map((step) => step ?? 'not loaded'), names: answers[1].items, warnings }))`

/** The application registers its provider through the other build of the API: that of \`require\`. */
const realProgram = `
  import { createRequire } from 'node:module'
  import { withOpenTelemetry } from './core/dist/layer/with-open-telemetry.js'
  import { memoryBackend } from './core/dist/backend/memory-backend.js'
  const api = createRequire(import.meta.url)('@opentelemetry/api')
  const names = []
  const startSpan = (name) => (names.push(name), api.trace.wrapSpanContext(api.INVALID_SPAN_CONTEXT))
  api.trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan }) })
  await withOpenTelemetry(memoryBackend({ id: 'memory' })).latest('name')
  console.log(JSON.stringify(names))`

describe('@opentelemetry/api', () => {
  let folder: string
  before(() => {
    // A copy of what was built, from where only the modules of this folder are found.
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'sealring-telemetry-')))
    cpSync(join(core, 'dist'), join(folder, 'core/dist'), { recursive: true })
    cpSync(join(core, 'package.json'), join(folder, 'core/package.json'))
  })
  after(() => rmSync(folder, { recursive: true }))

  function run(program: string): unknown {
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: folder,
      encoding: 'utf8',
    })
    return JSON.parse(output)
  }

  function withPackage<T>(install: (path: string) => void, act: () => T): T {
    const path = join(folder, 'node_modules/@opentelemetry/api')
    mkdirSync(dirname(path), { recursive: true })
    install(path)
    try {
      return act()
    } finally {
      rmSync(join(folder, 'node_modules'), { recursive: true })
    }
  }

  const canary = (text: string) => (path: string) => {
    mkdirSync(path)
    writeFileSync(join(path, 'package.json'), '{ "type": "module", "exports": "./index.js" }')
    writeFileSync(join(path, 'index.js'), text)
  }

  it('need not be there', () => {
    expect(run(canaryProgram)).to.deep.equal({ steps: Array(3).fill('not loaded'), names: [], warnings: [] })
  })

  it('is loaded by the first call, and by nothing before it', () => {
    const api = `globalThis.canary = 'loaded'
      export const trace = { getTracer: () => ({ startSpan: () => undefined }) }
      export const metrics = { getMeterProvider: () => ({ getMeter: () => ({ createHistogram: () => ({ record() {} }) }) }) }`
    const found = withPackage(canary(api), () => run(canaryProgram))
    expect(found).to.deep.equal({ steps: ['not loaded', 'not loaded', 'loaded'], names: [], warnings: [] })
  })

  it('breaks no call when it is broken, and that is said', () => {
    const found = withPackage(canary('throw new Error("broken")'), () => run(canaryProgram))
    expect(found).to.deep.equal({
      steps: Array(3).fill('not loaded'),
      names: [],
      warnings: ['SEALRING_HOOK'],
    })
  })

  it('may be the copy that the application requires', () => {
    const real = join(dirname(createRequire(import.meta.url).resolve('@opentelemetry/api')), '..')
    const found = withPackage(
      (path) => symlinkSync(realpathSync(real), path),
      () => run(realProgram),
    )
    expect(found).to.deep.equal(['sealring.backend.latest'])
  })
})
