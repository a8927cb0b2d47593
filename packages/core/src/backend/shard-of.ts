import { createHash } from 'node:crypto'
import type { NamesFilter } from './backend.js'

/**
 * The shard of a name among `count`: an integer from 0. The same everywhere and in every version: the first 48
 * bits of the SHA-256 of its UTF-8, modulo `count`.
 */
export function shardOf(name: string, count: number): number {
  return createHash('sha256').update(name).digest().readUIntBE(0, 6) % count
}

/** Whether a name passes the filter of a listing. */
export function passesFilter(name: string, { prefix, shard }: NamesFilter = {}): boolean {
  if (prefix !== undefined && !name.startsWith(prefix)) return false
  return shard === undefined || shardOf(name, shard.count) === shard.index
}
