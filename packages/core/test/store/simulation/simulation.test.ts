import { env } from 'node:process'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { simulate } from './simulate.js'
import { simulationKeys } from './simulation-keys.js'
import { runSeeds } from './run-seeds.js'
import type { Tally } from './tally.js'

/** More of them, and one alone: `npm run simulate -w packages/core -- --help`. */
const seeds = Number(env['SEALRING_SIMULATION_SEEDS'] ?? 500)

describe('store: simulation of clients over faulty locations', () => {
  let tally: Tally | undefined

  it(`holds its promises for ${seeds} seeds`, async function () {
    this.timeout(600_000)
    const result = await runSeeds({ first: 1, count: seeds })
    expect(result.failures.join('\n')).to.equal('')
    tally = result.tally
  })

  it('meets every kind of trouble', function () {
    const happened = [...(tally?.keys() ?? [])]
    expect(expectedKinds.filter((kind) => !happened.some((each) => each.startsWith(kind)))).to.deep.equal([])
  })

  it('replays a seed exactly', async () => {
    for (const seed of [7, 8, 9, 10]) {
      const runs = [await simulate(seed, simulationKeys()), await simulate(seed, simulationKeys())] as const
      expect(runs[0].log).to.deep.equal(runs[1].log)
      expect([...runs[0].tally]).to.deep.equal([...runs[1].tally])
      expect(runs[0].log.length).to.be.above(5)
    }
  })
})

const expectedKinds = [
  'appointed',
  'appointed, overruled',
  'appointment refused: ARBITER_MISMATCH',
  'appointment refused: UNDETERMINED',
  'attack at the arbiter',
  'attack at the replica: contradicting manifest',
  'attack at the replica: forged tombstone',
  'attack at the replica: garbage',
  "attack at the replica: another name's blob",
  "attack at the replica: another store's blob",
  'attack at the replica: older blob',
  'attack succeeded: a revision was given twice',
  'attack succeeded: the next slot was occupied until repair',
  'attack succeeded: what exists was not found',
  'crash: after create',
  'crash: after createSidecar',
  'crash: before createSidecar',
  'crash: between saving a fork and replacing the copy',
  'destroyed revisions',
  'attack at the replica: earlier bytes',
  'fault: abort',
  'fault: body broken off',
  'fault: clock jump',
  'fault: delayed write',
  'fault: location down',
  'fault: lost acknowledgement',
  'fault: partition',
  'fault: refused',
  'fault: rot of bytes at the arbiter',
  'fault: rot of bytes, attested at the arbiter',
  'fault: rot of record at the replica',
  'fault: stale read',
  'getStream: done',
  'put again with the same requestId',
  'read repair: writes',
  'repair adopted',
  'repair created',
  'repair fork-saved',
  'repair replaced at the arbiter',
]
