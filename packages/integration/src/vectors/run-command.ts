import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { vectorClient } from './vector-client.js'
import { reportManifest, reportTotal, totalOf } from './report-vectors.js'
import { runManifests, type ManifestResult } from './run-manifest.js'

const usage = `Usage: npm run vectors:run -- [--json] [--seed <n>] <folder-or-zip> [more…]

Opens the messages of awses-decrypt manifests (versions 1 to 5, and the form before them) and says which came to what the
manifest expects. Exit code: 0 when none failed and at least one passed, 1 otherwise, 2 for wrong arguments.
`

function readArguments(): { paths: string[]; json: boolean; seed?: number } | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, seed: { type: 'string' } },
    })
    const seed = values.seed === undefined ? {} : { seed: Number(values.seed) }
    if (positionals.length === 0 || (seed.seed !== undefined && !Number.isSafeInteger(seed.seed)))
      return undefined
    return { paths: positionals, json: values.json, ...seed }
  } catch {
    return undefined
  }
}

/** npm runs scripts in the workspace's folder; people name paths from where they are. */
function located(path: string): string {
  const here = resolve(path)
  return existsSync(here) ? here : resolve(process.env['INIT_CWD'] ?? '.', path)
}

function showProgress(name: string, done: number, of: number): void {
  if (!process.stderr.isTTY || (done % 20 !== 0 && done !== of)) return
  process.stderr.write(done === of ? '\r\x1b[K' : `\r\x1b[K${name.replaceAll(/\p{C}/gu, '?')} ${done}/${of}`)
}

const wanted = readArguments()
if (wanted) {
  const { paths, json, ...options } = wanted
  const results: ManifestResult[] = []
  for (const path of paths) {
    const run = await runManifests(located(path), {
      client: vectorClient(),
      onProgress: showProgress,
      ...options,
    })
    if (!json) for (const result of run) process.stdout.write(reportManifest(result))
    results.push(...run)
  }
  const total = totalOf(results)
  process.stdout.write(
    json ? `${JSON.stringify({ total, manifests: results }, null, 2)}\n` : reportTotal(results),
  )
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1
} else {
  process.stderr.write(usage)
  process.exitCode = 2
}
