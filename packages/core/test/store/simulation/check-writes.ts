import { buildClient } from '@sealring/core/envelope'
import type { SharedOptions } from './client.js'
import { count } from './tally.js'
import { slotKey, type World, type Write } from './world.js'

type Context = Readonly<{ [key: string]: string | undefined }>

/**
 * Nothing that a client wrote was anything else than a blob that opens under this store, name and revision. Only where
 * the arbiter itself vouches for bytes that don't may they fill a gap at a replica (or mend what filled it): they never
 * take another blob's place. Of a blob whose place was taken there is a copy, unless it was destroyed. What the arbiter was
 * given back follows what it had.
 */
export async function checkWrites(
  { writes, vouched, tally }: World,
  { id, keyring }: SharedOptions,
  violate: (what: string) => void,
): Promise<void> {
  const client = buildClient('REQUIRE_ENCRYPT_REQUIRE_DECRYPT')
  const open = async ({ slot, bytes }: Write): Promise<Context | undefined> => {
    try {
      const context: Context = (await client.decrypt(keyring, bytes)).messageHeader.encryptionContext
      const expected = [id, slot.name, String(slot.revision)]
      const found = ['store', 'name', 'revision'].map((key) => context[`sealring-${key}`])
      return expected.every((value, index) => value === found[index]) ? context : undefined
    } catch {
      return undefined
    }
  }
  const judged = new Map<string, Context | undefined>()
  for (const write of writes) {
    const { slot, place, toArbiter, operation, digest, before } = write
    const key = `${slotKey(slot)} ${digest}`
    if (!judged.has(key)) judged.set(key, await open(write))
    const context = judged.get(key)
    const what = `${operation} of ${slotKey(slot)} at ${place}`
    const takesNothing = before.length === 0 || before.includes(digest)
    if (!context) {
      if (toArbiter || !takesNothing || !vouched.has(digest))
        violate(`${what} wrote what does not open there`)
      else count(tally, 'attack or rot succeeded: bytes of the arbiter that do not open were copied')
      continue
    }
    const wasIntact = before[0] !== undefined && before[0] === before[1]
    const destroys = context['sealring-destroyed'] !== undefined
    if (!takesNothing && wasIntact && !write.saved && !destroys) violate(`${what} kept no copy of the fork`)
    const [recorded] = write.follows
    // Damage, or an attacker, has the arbiter say something that nobody can follow.
    const unknowable = recorded === undefined || vouched.has(recorded) || !/[^0f]/.test(recorded)
    // What its own record speaks of, it had acknowledged: whatever that was put on.
    const isRecorded = before[0] === digest
    if (!unknowable && !isRecorded && !write.follows.some((each) => each === context['sealring-previous']))
      violate(`${what} does not follow revision ${slot.revision - 1}`)
  }
}
