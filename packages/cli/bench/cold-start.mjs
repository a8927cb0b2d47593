// How long a command takes from start to end: `npm run bench`. The median of ten runs, beside a bare `node -e 0`.
// Limits are those of the project's promise, on an idle machine. Other load is told by the bare run, which takes
// about 40 to 90 ms where there is none; the exit code is 1 when a limit is missed by more than half of it.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const runs = 10
const tolerance = 1.5
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

try {
  execFileSync(process.execPath, [main, 'init', '--local'], { cwd })
  execFileSync(process.execPath, [main, 'put', 'demo'], {
    cwd,
    input: 'value',
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  for (const item of cases) once(item)
  // Interleaved, so that load from elsewhere falls on all alike.
  const times = new Map(cases.map((item) => [item, []]))
  for (let run = 0; run < runs; run += 1) for (const item of cases) times.get(item).push(once(item))
  let missed = false
  for (const item of cases) {
    const [middle, least] = [median(times.get(item)), Math.min(...times.get(item))]
    const limit = item.limit === undefined ? '' : `  limit ${item.limit} ms`
    const verdict = item.limit === undefined ? '' : middle < item.limit ? '  met' : '  missed'
    if (middle > (item.limit ?? Infinity) * tolerance) missed = true
    process.stdout.write(
      `${item.name.padEnd(34)} median ${middle.toFixed(0).padStart(4)} ms  least ${least.toFixed(0).padStart(4)} ms${limit}${verdict}\n`,
    )
  }
  process.exitCode = missed ? 1 : 0
} finally {
  rmSync(cwd, { recursive: true, force: true })
}
