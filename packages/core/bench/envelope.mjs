// Side by side in one run: our engine, client-node, and a bare node:crypto program that does the same cryptography.
// node packages/core/bench/envelope.mjs [seconds for each cell, default 1]
// The claim is the ratios; absolute numbers are of this machine, at this moment.
import { buildClient as buildOracle } from '@aws-crypto/client-node'
import { buildClient } from '@sealring/core/envelope'
import { rawAesKeyring } from '@sealring/core/keyring'
import { bareDecrypt, bareEncrypt } from './bare-crypto.mjs'

const seconds = Number(process.argv[2] ?? 1)
const ours = buildClient()
const theirs = buildOracle()
const key = Buffer.alloc(32, 7)
const keyring = rawAesKeyring({ namespace: 'bench', name: 'key', key })

/** Runs each in turn, in short rounds, so that they share whatever else the machine does; calls per second. */
async function measure(runs) {
  const rounds = 5
  const best = runs.map(() => 0)
  for (const run of runs) for (let n = 0; n < 3; n += 1) await run()
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, run] of runs.entries()) {
      const start = process.hrtime.bigint()
      const end = start + BigInt(Math.round((seconds * 1e9) / rounds))
      let calls = 0
      let now = start
      while (now < end) {
        await run()
        calls += 1
        now = process.hrtime.bigint()
      }
      best[index] = Math.max(best[index], (calls * 1e9) / Number(now - start))
    }
  }
  return best
}

const print = (...cells) =>
  process.stdout.write(
    `${cells.map((cell, n) => (n === 0 ? cell.padEnd(44) : cell.padStart(13))).join('')}\n`,
  )

print('1 call at a time, raw AES keyring', 'ours /s', 'client-node', 'bare', '× client-node', '% of bare')
const cases = [
  { what: '1 KB', size: 1024, frameLength: 4096 },
  { what: '10 MB, 4 KB frames', size: 10_000_000, frameLength: 4096 },
  { what: '10 MB, 64 KB frames', size: 10_000_000, frameLength: 65_536 },
]
for (const { what, size, frameLength } of cases) {
  const plaintext = Buffer.alloc(size, 1)
  for (const suiteId of [0x0478, 0x0578]) {
    const signed = suiteId === 0x0578 && (size > 1024 ? 'whole' : 'digest')
    const options = { suiteId, frameLength }
    const { result } = await ours.encrypt(keyring, plaintext, options)
    const bare = bareEncrypt(key, plaintext, frameLength, signed)
    const directions = {
      encrypt: [
        () => ours.encrypt(keyring, plaintext, options),
        () => theirs.encrypt(keyring, plaintext, { ...options }),
        () => bareEncrypt(key, plaintext, frameLength, signed),
      ],
      decrypt: [
        () => ours.decrypt(keyring, result),
        () => theirs.decrypt(keyring, result),
        () => bareDecrypt(key, bare, frameLength),
      ],
    }
    for (const [direction, runs] of Object.entries(directions)) {
      const [our, their, ceiling] = await measure(runs)
      const digits = our < 100 ? 1 : 0
      print(
        `${direction} ${what}, ${signed ? 'signed' : 'unsigned'}`,
        our.toFixed(digits),
        their.toFixed(digits),
        ceiling.toFixed(digits),
        (our / their).toFixed(1),
        ((100 * our) / ceiling).toFixed(0),
      )
    }
  }
}
