/**
 * Peak resident memory of creating a blob by stream and reading it back, in a process of its own for each size, with an S3
 * server in yet another one. `node bench/upload-memory.mjs [--check] [--sizes=64,1024] [--server=versitygw]`
 * Without --server, on versitygw, or else moto.
 *
 * `--check` fails when the largest of the sizes (in MiB) takes more than 32 MB above the smallest, or 192 MB in all.
 */
import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { parseArgs } from 'node:util'

const MiB = 1024 ** 2
const MB = 1e6
const allowed = { growth: 32 * MB, peak: 192 * MB }

if (process.send) await measure(JSON.parse(process.argv[2]))
else await main()

async function main() {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean', default: false },
      sizes: { type: 'string', default: '64,1024' },
      server: { type: 'string' },
    },
  })
  const sizes = values.sizes.split(',').map((size) => Number(size) * MiB)
  const { availableS3Servers, startS3 } = await import('@sealring/test-servers')
  const start = async () => {
    if (values.server !== undefined) return startS3(values.server)
    // Not s3rver: it ignores conditions.
    const kind = (await availableS3Servers()).findLast(({ id }) => id !== 's3rver')
    if (!kind) throw new Error('There is neither versitygw nor moto: run .ci/install-servers')
    return kind.start()
  }
  const peaks = []
  for (const size of sizes) {
    const server = await start()
    try {
      const child = fork(new URL(import.meta.url), [
        JSON.stringify({ size, clientOptions: server.clientOptions }),
      ])
      const [answer] = await Promise.race([
        once(child, 'message'),
        once(child, 'exit').then(() => [undefined]),
      ])
      if (!answer) throw new Error('The measured process failed.')
      peaks.push(answer.peak)
      console.log(
        `${String(size / MiB).padStart(5)} MiB: peak ${(answer.peak / MB).toFixed(1)} MB resident ` +
          `(${(answer.imported / MB).toFixed(1)} MB after imports), ${answer.seconds.toFixed(1)} s`,
      )
    } finally {
      await server.stop()
    }
  }
  const most = Math.max(...peaks)
  const growth = most - peaks[0]
  console.log(
    `${(growth / MB).toFixed(1)} MB more for the largest than for the smallest (at most ${allowed.growth / MB} MB), ` +
      `${(most / MB).toFixed(1)} MB at the peak (at most ${allowed.peak / MB} MB)`,
  )
  if (values.check && (growth > allowed.growth || most > allowed.peak)) process.exitCode = 1
}

async function measure({ size, clientOptions }) {
  const { CreateBucketCommand, S3Client } = await import('@aws-sdk/client-s3')
  const { s3Backend } = await import('@sealring/backend-s3')
  const imported = process.memoryUsage.rss()
  const client = new S3Client(clientOptions)
  const bucket = `bench-${process.pid}-${size}`
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  const backend = s3Backend({ id: 's3', client, bucket })
  const slot = { name: 'large', revision: 1 }
  const began = performance.now()
  const digest = await digestOf(generated(size))
  const blob = {
    size,
    digest,
    stream: () => generated(size),
    bytes: () => Promise.reject(new Error('whole')),
  }
  const created = await backend.create(slot, blob)
  const stored = await backend.read(slot)
  if (created.outcome !== 'created' || (await digestOf(stored.body)) !== digest)
    throw new Error('The bytes are not those that were written.')
  client.destroy()
  const seconds = (performance.now() - began) / 1000
  // In kilobytes on Linux and macOS alike, says libuv.
  process.send({ peak: process.resourceUsage().maxRSS * 1024, imported, seconds })
  process.disconnect()
}

/** The same bytes each time, in fresh pieces of the size in which files are read. */
async function* generated(size) {
  const seed = createHash('shake256', { outputLength: 64 * 1024 })
    .update('sealring')
    .digest()
  for (let at = 0; at < size; at += seed.byteLength) {
    const piece = Buffer.from(seed.subarray(0, Math.min(seed.byteLength, size - at)))
    piece.writeUInt32BE(at / seed.byteLength, 0)
    yield piece
  }
}

async function digestOf(pieces) {
  const hash = createHash('sha256')
  for await (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}
