import { buildClient } from '@sealring/core/envelope'
import type { SharedOptions } from './client.js'
import { count } from './tally.js'
import { arbiterId, slotKey, type World, type Write } from './world.js'

/**
 * Nothing that a client wrote was anything else than a blob that opens under this store, name and revision. Only where
 * the arbiter itself vouches for bytes that don't may they fill a gap at a replica (or mend what filled it): they never
 * take another blob's place.
 */
export async function checkWrites(
  { writes, vouched, tally }: World,
  { id, keyring }: SharedOptions,
  violate: (what: string) => void,
): Promise<void> {
  const client = buildClient('REQUIRE_ENCRYPT_REQUIRE_DECRYPT')
  const isOurs = async ({ slot, bytes }: Write): Promise<boolean> => {
    try {
      const { encryptionContext } = (await client.decrypt(keyring, bytes)).messageHeader
      const expected = [id, slot.name, String(slot.revision)]
      const found = ['store', 'name', 'revision'].map((key) => encryptionContext[`sealring-${key}`])
      return expected.every((value, index) => value === found[index])
    } catch {
      return false
    }
  }
  const judged = new Map<string, boolean>()
  for (const write of writes) {
    const key = `${slotKey(write.slot)} ${write.digest}`
    const ours = judged.get(key) ?? (await isOurs(write))
    judged.set(key, ours)
    if (ours) continue
    const takesNothing = write.before.length === 0 || write.before.includes(write.digest)
    if (write.place !== arbiterId && takesNothing && vouched.has(write.digest))
      count(tally, 'attack or rot succeeded: bytes of the arbiter that do not open were copied')
    else
      violate(`${write.operation} of ${slotKey(write.slot)} at ${write.place} wrote what does not open there`)
  }
}
