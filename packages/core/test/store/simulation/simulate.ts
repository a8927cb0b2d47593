import type { KeyringNode } from '@aws-crypto/material-management-node'
import { createStore, type RepairReport } from '@sealring/core'
import { attacker } from './attacker.js'
import { checkAppointment } from './check-appointment.js'
import { checkEnd } from './check-end.js'
import { checkWrites } from './check-writes.js'
import { client, runClient, type SharedOptions } from './client.js'
import { deeds, names } from './deeds.js'
import { emptyRecord, type Record } from './record.js'
import { count, type Tally } from './tally.js'
import { arbiterId, makeWorld, slotKey, type World } from './world.js'

export interface SimulationKeys {
  readonly keyring: KeyringNode
  /** Another one, with the same name and provider. */
  readonly strangersKeyring: KeyringNode
}

export interface Outcome extends Pick<Record, 'violations' | 'log'> {
  readonly tally: Tally
}

/** Run one seed. Returns what was violated, the log to find out why, and what happened how often. */
export async function simulate(seed: number, keys: SimulationKeys): Promise<Outcome> {
  const everything = makeWorld(seed)
  const { random, tally, scheduler } = everything
  const record = emptyRecord()
  const hedgeAfter = random.pick([0, 10, 200, false] as const)
  const onReport = ({ writes }: RepairReport) => count(tally, 'read repair: writes', writes.length)
  const readRepair = random.pick([false, { onReport }, { onReport, wait: true }] as const)
  const options = { id: 'simulated', keyring: keys.keyring, hedgeAfter, readRepair }
  const attack = attacker(everything, { ...keys, names })
  count(tally, `seeds with attacker: ${everything.attack}`)
  try {
    if (random.chance(0.7)) await found(everything, record, options)
    const clients = [0, 1, 2].map((id) => client(id, everything, record, options))
    await scheduler.run(clients.map((each) => () => runClient(each, deeds, attack)))
    everything.faults = false
    await scheduler.flush()
    await everything.quiet()
    await checkEnd(everything, record, options)
    await checkAppointment(everything, record, options, attack)
    await checkWrites(everything, options, (what) => void record.violations.push(`all in all: ${what}`))
  } catch (error) {
    // A hang, or an error where there must be none.
    record.violations.push(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  return { violations: record.violations, log: record.log, tally }
}

/** A store that was in use before the troubles began. */
async function found(everything: World, record: Record, options: SharedOptions): Promise<void> {
  const locations = everything.quietBackends()
  const store = createStore({ ...options, suite: 'unsigned', arbiter: arbiterId, locations })
  for (const name of names) {
    const value = `founding ${name}`
    record.offered.add(`${name}=${value}`)
    const { revision, digest } = await store.put(name, value)
    record.acknowledged.set(slotKey({ name, revision }), { name, revision, digest, value })
  }
}
