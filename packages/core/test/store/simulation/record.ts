import { slotKey } from './world.js'

export interface Acknowledged {
  readonly name: string
  readonly revision: number
  readonly digest: string
  readonly value: string
}

/** What all clients did and saw, to be compared with what the locations hold in the end. */
export interface Record {
  /** Committed revisions that somebody was told of. */
  readonly acknowledged: Map<string, Acknowledged>
  /** Everything that was handed to put, as `name=value`. */
  readonly offered: Set<string>
  /** Values whose put said that nothing was written. */
  readonly refused: Set<string>
  /** Revisions whose destruction was tried … */
  readonly destroying: Set<string>
  /** … and those where it was confirmed that the arbiter has the tombstone. */
  readonly destroyed: Set<string>
  readonly violations: string[]
  readonly log: string[]
}

export function emptyRecord(): Record {
  return {
    acknowledged: new Map(),
    offered: new Set(),
    refused: new Set(),
    destroying: new Set(),
    destroyed: new Set(),
    violations: [],
    log: [],
  }
}

/** The highest revision of a name that somebody was told of. */
export function latestAcknowledged({ acknowledged }: Record, name: string): number {
  const revisions = [...acknowledged.values()].filter((each) => each.name === name)
  return Math.max(0, ...revisions.map(({ revision }) => revision))
}

/** Why an opened entry can't be; `undefined` when it can. */
export function objectionTo(
  record: Record,
  name: string,
  entry: { readonly revision: number; readonly digest: string; readonly plaintext: Uint8Array },
): string | undefined {
  const value = Buffer.from(entry.plaintext).toString()
  if (!record.offered.has(`${name}=${value}`)) return `${name} has the value ${value}, which nobody put`
  const known = record.acknowledged.get(slotKey({ name, revision: entry.revision }))
  return known && known.digest !== entry.digest
    ? `${name}@${entry.revision} is not what was acknowledged`
    : undefined
}
