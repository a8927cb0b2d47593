// What a store costs in memory when it puts and gets a stream, and when it repairs and verifies such an entry: the peak
// resident memory of one child process for a small and one for a large entry, each doing all of it. The blueprint allows 32 MB more for 1 GiB than for 64 MiB, and 192 MB in all.
// node packages/integration/bench/store-memory.mjs [--check] [--sizes=64,1024] [--s3=ENDPOINT --bucket=NAME]
// The S3 location comes behind the file; its credentials are those of the environment.
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const mebibyte = 2 ** 20
const allowedGrowth = 32e6
const allowedPeak = 192e6

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    sizes: { type: 'string', default: '64,1024' },
    s3: { type: 'string' },
    bucket: { type: 'string', default: 'sealring-bench' },
    // Of a child.
    child: { type: 'string' },
    folder: { type: 'string' },
  },
})

if (values.child === undefined) await parent()
else await child(Number(values.child), values.folder)

async function parent() {
  const sizes = values.sizes.split(',').map(Number)
  const results = []
  for (const size of sizes) {
    const folder = await mkdtemp(join(tmpdir(), 'sealring-bench-'))
    try {
      const script = fileURLToPath(import.meta.url)
      const more = values.s3 === undefined ? [] : [`--s3=${values.s3}`, `--bucket=${values.bucket}`]
      const { stdout, status } = spawnSync(
        process.execPath,
        [script, `--child=${size}`, `--folder=${folder}`, ...more],
        { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' },
      )
      if (status !== 0) throw new Error(`The process for ${size} MiB failed`)
      results.push(JSON.parse(stdout))
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  console.table(
    results.map(({ size, imports, put, get, mend, seconds }) => ({
      'entry, MiB': size,
      'after imports, MB': Math.round(imports / 1e6),
      'peak of put, MB': Math.round(put / 1e6),
      'and get, MB': Math.round(get / 1e6),
      'and repair, verify, MB': Math.round(mend / 1e6),
      'put, s': seconds.put.toFixed(1),
      'get, s': seconds.get.toFixed(1),
      'repair, verify, s': seconds.mend.toFixed(1),
    })),
  )
  const peaks = results.map(({ mend }) => mend)
  const growth = Math.max(...peaks) - peaks[0]
  const highest = Math.max(...peaks)
  console.log(
    `${Math.round(growth / 1e6)} MB more for the largest than for the smallest (limit ${allowedGrowth / 1e6}), ` +
      `${Math.round(highest / 1e6)} MB at the peak (limit ${allowedPeak / 1e6})`,
  )
  if (values.check && (growth > allowedGrowth || highest > allowedPeak)) process.exitCode = 1
}

async function child(size, folder) {
  const { createStore, fileBackend } = await import('@sealring/core')
  const { rawAesKeyring } = await import('@sealring/core/keyring')
  const file = (id) => fileBackend({ id, directory: join(folder, id), createDirectory: true })
  const locations = [file('file')]
  if (values.s3 !== undefined) locations.push(await s3Location())
  const keyring = rawAesKeyring({ namespace: 'bench', name: 'key', key: Buffer.alloc(32, 7) })
  const open = (more = []) =>
    createStore({ id: 'bench', keyring, locations: [...locations, ...more], spool: { directory: folder } })
  const imports = process.memoryUsage.rss()
  const seconds = {}
  const timed = async (name, work) => {
    const start = performance.now()
    await work()
    seconds[name] = (performance.now() - start) / 1000
    return peak()
  }

  const total = size * mebibyte
  const source = async function* () {
    for (let sent = 0; sent < total; sent += 65_536) yield Buffer.alloc(Math.min(65_536, total - sent), 1)
  }
  const put = await timed('put', () => open().put('large', source))
  const get = await timed('get', async () => {
    const entry = await open().getStream('large')
    let received = 0
    for await (const piece of entry.body) received += piece.byteLength
    if (received !== total || entry.failures.length > 0) throw new Error(`${received} bytes came out`)
  })
  const mend = await timed('mend', async () => {
    const store = open([file('copy')])
    const { writes } = await store.repair()
    const { clean } = await store.verify({ open: true })
    if (writes.length !== 1 || !clean) throw new Error('The copy was not brought')
  })
  console.log(JSON.stringify({ size, imports, put, get, mend, seconds }))
}

/** As the system saw it, so that nothing between two looks is missed: getrusage(2) counts in kilobytes. */
function peak() {
  return process.resourceUsage().maxRSS * 1024
}

/** On a test server: the bucket is made, and left. */
async function s3Location() {
  const [{ S3Client, CreateBucketCommand }, { s3Backend }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@sealring/backend-s3'),
  ])
  const client = new S3Client({ endpoint: values.s3, region: 'us-east-1', forcePathStyle: true })
  await client.send(new CreateBucketCommand({ Bucket: values.bucket })).catch(() => undefined)
  return s3Backend({
    id: 's3',
    client,
    bucket: values.bucket,
    prefix: `bench-${process.pid}/`,
    maxBlobBytes: 4 * 2 ** 30,
  })
}
