// What replication costs beyond the locations' own time: medians over memory locations each of whose calls takes equally long.
// node packages/integration/bench/replication.mjs [--check] [--latencies=20,50] [--suites=signed,unsigned] [--rounds=40]; needs a build
// with tests. A get of a signed entry also verifies ECDSA on P-384: about a millisecond, whatever the latency.
import { parseArgs } from 'node:util'
import { createStore, memoryBackend, sealedBlob } from '@sealring/core'
import { rawAesKeyring } from '@sealring/core/keyring'
import { delayed } from '../dist-test/counted-locations.js'

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    latencies: { type: 'string', default: '20,50' },
    suites: { type: 'string', default: 'signed,unsigned' },
    rounds: { type: 'string', default: '40' },
  },
})
const rounds = Number(values.rounds)
const keyring = rawAesKeyring({ namespace: 'bench', name: 'key', key: Buffer.alloc(32, 7) })
const plaintext = Buffer.alloc(1024, 1)
const openLocations = (latency) => ['a', 'b', 'c'].map((id) => delayed(memoryBackend({ id }), latency))

async function median(work) {
  const times = []
  for (let round = 0; round < rounds; round++) {
    const start = performance.now()
    await work(round)
    times.push(performance.now() - start)
  }
  return times.toSorted((one, other) => one - other)[rounds >> 1]
}

/** What the locations alone take. */
async function measureLocations(latency) {
  const [a, b, c] = openLocations(latency)
  const blob = sealedBlob(Buffer.alloc(1500, 1))
  const slot = (round) => ({ name: 'alone', revision: round + 1 })
  const create = await median((round) => a.create(slot(round), blob))
  const others = await median((round) => Promise.all([b, c].map((other) => other.create(slot(round), blob))))
  const latest = await median(() => a.latest('alone'))
  const read = await median(() => a.read({ name: 'alone', revision: 1 }))
  return { put: latest + create + others, known: read, latest: latest + read }
}

async function measureStore(latency, suite) {
  const store = createStore({ id: 'bench', keyring, locations: openLocations(latency), suite })
  await store.put('entry', plaintext)
  return {
    put: await median(() => store.put('entry', plaintext)),
    known: await median(() => store.get('entry', { revision: 1 })),
    latest: await median(() => store.get('entry')),
  }
}

const calls = [
  ['put', 'put', 1.15],
  ['get of a known revision', 'known', 1.1],
  ['get of the latest', 'latest', 1.1],
]
const rows = []
for (const latency of values.latencies.split(',').map(Number)) {
  const alone = await measureLocations(latency)
  for (const suite of values.suites.split(',')) {
    const took = await measureStore(latency, suite)
    for (const [call, key, limit] of calls)
      rows.push({ latency, suite, call, alone: alone[key], took: took[key], limit })
  }
}
console.table(
  rows.map(({ latency, suite, call, alone, took, limit }) => ({
    'latency, ms': latency,
    suite,
    call,
    'locations alone, ms': alone.toFixed(1),
    'store, ms': took.toFixed(1),
    ratio: (took / alone).toFixed(3),
    limit,
  })),
)
if (values.check && rows.some(({ alone, took, limit }) => took / alone > limit)) process.exitCode = 1
