// How long a command takes from start to end: `npm run bench`. The least and the median of ten runs, beside a bare
// `node -e 0`. Limits are those of the project's promise, on an idle machine, where the bare run takes about 50 ms. Where
// it takes longer, the machine is slow or busy, and so much longer may the commands take. The exit code is 1 when the
// least time misses its limit in several rounds of ten: what else runs on the machine makes nothing faster.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const runs = 10
const rounds = 4
const idle = 50
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const cwd = mkdtempSync(join(tmpdir(), 'sealring-bench-'))

const cases = [
  { name: 'node -e 0', args: ['-e', '0'] },
  { name: 'sealring --help', args: [main, '--help'], limit: 150 },
  { name: 'sealring get (embedded default)', args: [main, 'get', 'demo'], limit: 500 },
]

function once({ name, args }) {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { cwd })
  if (status !== 0) throw new Error(`${name} failed: ${String(stderr)}`)
  return performance.now() - start
}

const median = (times) => {
  const sorted = times.toSorted((a, b) => a - b)
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2
}

/** Ten runs of each, interleaved, so that load from elsewhere falls on all alike. Whether all limits are met. */
function round() {
  const times = new Map(cases.map((item) => [item, []]))
  for (let run = 0; run < runs; run += 1) for (const item of cases) times.get(item).push(once(item))
  const slowness = Math.max(1, Math.min(...times.get(cases[0])) / idle)
  let met = true
  for (const item of cases) {
    const [middle, least] = [median(times.get(item)), Math.min(...times.get(item))]
    const measured = `median ${middle.toFixed(0).padStart(4)} ms  least ${least.toFixed(0).padStart(4)} ms`
    let verdict = ''
    if (item.limit !== undefined) {
      const limit = item.limit * slowness
      verdict = `  limit ${item.limit} ms, here ${limit.toFixed(0)}  ${least <= limit ? 'met' : 'missed'}`
      met &&= least <= limit
    }
    process.stdout.write(`${item.name.padEnd(34)} ${measured}${verdict}\n`)
  }
  return met
}

try {
  execFileSync(process.execPath, [main, 'init', '--local'], { cwd })
  execFileSync(process.execPath, [main, 'put', 'demo'], {
    cwd,
    input: 'value',
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  for (const item of cases) once(item)
  let missed = true
  for (let n = 0; n < rounds && missed; n += 1) missed = !round()
  process.exitCode = missed ? 1 : 0
} finally {
  rmSync(cwd, { recursive: true, force: true })
}
