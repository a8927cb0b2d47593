// A stream of 4 GiB is sealed and opened at once: how much memory beyond what the process holds after its imports?
// node packages/core/bench/stream-memory.mjs [GiB, default 4] [frame length, default 4096] [--check]
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { buildClient } from '@sealring/core/envelope'
import { rawAesKeyring } from '@sealring/core/keyring'

const limit = 64
const [gibibytes = 4, frameLength = 4096] = process.argv
  .slice(2)
  .filter((text) => /^[0-9.]+$/.test(text))
  .map(Number)
const total = gibibytes * 2 ** 30
const client = buildClient()
const keyring = rawAesKeyring({ namespace: 'bench', name: 'key', key: Buffer.alloc(32, 7) })

const before = process.memoryUsage.rss()
let peak = before

const chunk = Buffer.alloc(65_536, 1)
let sent = 0
let received = 0
let writes = 0
const source = new Readable({
  read() {
    sent += chunk.length
    this.push(sent > total ? null : chunk)
  },
})
const sink = new Writable({
  write(bytes, _encoding, done) {
    received += bytes.length
    // A timer would not do: between a source and a sink that never wait, it gets no turn.
    writes += 1
    if (writes % 16 === 0) peak = Math.max(peak, process.memoryUsage.rss())
    done()
  },
})
const start = performance.now()
await pipeline(
  source,
  client.encryptStream(keyring, { suiteId: 0x0478, frameLength }),
  client.decryptStream(keyring),
  sink,
)
if (received !== total) throw new Error(`${received} bytes came out`)
const mebibytes = (bytes) => (bytes / 2 ** 20).toFixed(1)
const rate = total / 1e6 / ((performance.now() - start) / 1000)
console.log(
  `${gibibytes} GiB in frames of ${frameLength}, encrypted and decrypted at ${rate.toFixed(0)} MB/s: ` +
    `${mebibytes(before)} MiB after the imports, ${mebibytes(peak - before)} MiB more at the peak (limit ${limit})`,
)
if (process.argv.includes('--check') && peak - before > limit * 2 ** 20) process.exitCode = 1
