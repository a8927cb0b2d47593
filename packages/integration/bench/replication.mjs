// What replication costs beyond the locations' own time: medians over memory locations each of whose calls takes equally long.
// node packages/integration/bench/replication.mjs [--check] [--latency=20] [--rounds=40]
// [--suite=signed]; needs a build with tests.
import { parseArgs } from 'node:util'
import { createStore, memoryBackend, sealedBlob } from '@sealring/core'
import { rawAesKeyring } from '@sealring/core/keyring'
import { delayed } from '../dist-test/counted-locations.js'

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    latency: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '40' },
    // A get of a signed entry also verifies ECDSA on P-384, which takes milliseconds whatever the latency.
    suite: { type: 'string', default: 'signed' },
  },
})
const rounds = Number(values.rounds)
const locations = ['a', 'b', 'c'].map((id) => delayed(memoryBackend({ id }), Number(values.latency)))
const [a, b, c] = locations
const keyring = rawAesKeyring({ namespace: 'bench', name: 'key', key: Buffer.alloc(32, 7) })
const store = createStore({ id: 'bench', keyring, locations, suite: values.suite })
const plaintext = Buffer.alloc(1024, 1)

async function median(work) {
  const times = []
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    await work(round)
    times.push(performance.now() - start)
  }
  return times.toSorted((one, other) => one - other)[rounds >> 1]
}

await store.put('entry', plaintext)
const blob = sealedBlob(Buffer.alloc(1500, 1))
// Of the locations alone.
const latest = await median(() => a.latest('entry'))
const create = await median((round) => a.create({ name: 'alone', revision: round + 1 }, blob))
const others = await median((round) =>
  Promise.all([b, c].map((other) => other.create({ name: 'alone', revision: round + 1 }, blob))),
)
const read = await median(() => a.read({ name: 'entry', revision: 1 }))
const rows = [
  ['put', latest + create + others, await median(() => store.put('entry', plaintext)), 1.15],
  ['get of a known revision', read, await median(() => store.get('entry', { revision: 1 })), 1.1],
  ['get of the latest', latest + read, await median(() => store.get('entry')), 1.1],
]
console.table(
  rows.map(([call, alone, took, limit]) => ({
    call,
    'locations alone, ms': alone.toFixed(1),
    'store, ms': took.toFixed(1),
    ratio: (took / alone).toFixed(3),
    limit,
  })),
)
if (values.check && rows.some(([, alone, took, limit]) => took / alone > limit)) process.exitCode = 1
