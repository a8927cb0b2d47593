import { env } from 'node:process'
import { describe, it } from 'mocha'
import { SynchronousKeyring } from './synchronous-keyring.js'
import { simulate } from './simulate.js'

/** Replay one seed with SEALRING_SIMULATION_SEED=…; run more of them with SEALRING_SIMULATION_SEEDS=…. */
const only = env['SEALRING_SIMULATION_SEED']
const seeds = only
  ? [Number(only)]
  : Array.from({ length: Number(env['SEALRING_SIMULATION_SEEDS'] ?? 300) }, (_, index) => index + 1)

describe('store: simulation of clients over faulty locations', () => {
  it(`holds its promises for ${seeds.length} seeds`, async function () {
    this.timeout(600_000)
    const keyring = new SynchronousKeyring()
    for (const seed of seeds) {
      const { violations, log } = await simulate(seed, keyring)
      if (violations.length === 0) continue
      const story = [...violations, `Replay with SEALRING_SIMULATION_SEED=${seed}`, ...log].join('\n')
      throw new Error(`Seed ${seed} broke a promise:\n${story}`)
    }
  })

  it('replays a seed exactly', async () => {
    const runs = [await simulate(7, new SynchronousKeyring()), await simulate(7, new SynchronousKeyring())]
    if (JSON.stringify(runs[0]!.log) !== JSON.stringify(runs[1]!.log)) throw new Error('The logs differ.')
    if (runs[0]!.log.length < 10) throw new Error('Nothing happened.')
  })
})
