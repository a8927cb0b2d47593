import { createStore, SealringError, StoreError, type StoreOptions } from '@sealring/core'
import type { Attacker } from './attacker.js'
import { intactCopies } from './check-end.js'
import type { SharedOptions } from './client.js'
import { names } from './deeds.js'
import type { Record } from './record.js'
import { count } from './tally.js'
import { slotKey, type World } from './world.js'

/**
 * In the end somebody moves the arbiter to a replica, perhaps the one that the attacker can write to, who goes on until then.
 * What that replica alone has, and nobody sealed, must go nowhere: that is for checkWrites to see.
 */
export async function checkAppointment(
  world: World,
  record: Record,
  options: SharedOptions,
  attack: Attacker,
): Promise<void> {
  const { random, tally, places } = world
  for (let deed = 0; deed < 4; deed++) await attack()
  const arbiter = random.pick(places.slice(1)).id
  world.arbiter = arbiter
  const fresh = (more: Partial<StoreOptions> = {}) =>
    createStore({
      ...options,
      hedgeAfter: false,
      readRepair: false,
      suite: 'unsigned',
      arbiter,
      locations: world.quietBackends(),
      ...more,
    })
  const violate = (what: string) => void record.violations.push(`when ${arbiter} was appointed: ${what}`)
  const appoint = async (overrule: boolean): Promise<boolean> => {
    try {
      await fresh().appointArbiter({ arbiter, overrule })
      count(tally, `appointed${overrule ? ', overruled' : ''}`)
      return true
    } catch (error) {
      const refused = error instanceof StoreError && refusals[String(overrule)]?.includes(error.code)
      if (!refused) violate(`it failed with ${String(error)}`)
      else count(tally, `appointment refused: ${error.code}`)
      return false
    }
  }

  const intact = [...record.acknowledged.values()].filter(
    (each) => intactCopies(world, each) > 0 && !record.destroying.has(slotKey(each)),
  )
  const tips = new Map(
    names.map((name) => [name, Math.max(0, ...(places[0]!.memory.blobs.get(name)?.keys() ?? []))]),
  )
  if (!(await appoint(false))) return void (random.chance(0.5) && (await appoint(true)))
  if (world.attack === 'arbiter') return
  for (const { name, revision, digest } of intact) {
    const entry = await fresh()
      .get(name, { revision })
      .catch((error: unknown) => violate(`${slotKey({ name, revision })} is lost: ${String(error)}`))
    if (typeof entry === 'object' && entry.digest !== digest)
      violate(`${slotKey({ name, revision })} is another one`)
  }
  for (const [name, tip] of tips) {
    record.offered.add(`${name}=after all`)
    const next = await fresh()
      .put(name, 'after all', { copies: 1 })
      .catch((error: unknown) => {
        // What nobody could mend at the old arbiter came along.
        if (!(error instanceof SealringError)) violate(`the next put of ${name} failed with ${String(error)}`)
      })
    if (next && next.revision !== tip + 1)
      violate(`the next put of ${name} got ${next.revision} after ${tip}`)
  }
}

const refusals: { readonly [overrule: string]: readonly string[] } = {
  false: ['ARBITER_MISMATCH', 'UNDETERMINED'],
  true: ['UNDETERMINED'],
}
