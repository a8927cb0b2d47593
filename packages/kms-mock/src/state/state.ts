import { randomBytes } from 'node:crypto'
import { aliasArn, keyArn, partitionOf } from './arn.js'
import type { CustomKeyStore } from './custom-key-store.js'
import { emptyDueQueue } from './due-queue.js'
import type { DueQueue } from './due-queue.js'
import { keyIdentity } from './key.js'
import type { KmsKey } from './key.js'
import type { Caller } from '../caller.js'

/** An alias of one account and region. */
export interface Alias {
  readonly region: string
  readonly accountId: string
  /** With its prefix `alias/`. */
  readonly aliasName: string
  readonly createdAt: number
  /** Changed by `pointAlias` alone. */
  targetKeyId: string
  updatedAt: number
}

/** What one account has in one region. */
export interface AccountRegion {
  readonly keys: Map<string, KmsKey>
  /** By name. */
  readonly aliases: Map<string, Alias>
  /** The same by the id of the key that they point at. */
  readonly aliasesByKey: Map<string, Set<Alias>>
  /** By id. */
  readonly customKeyStores: Map<string, CustomKeyStore>
}

/** All keys, aliases and custom key stores, of every account and region. */
export interface KmsState {
  /** How many keys were ever created here: numbers the draws of a seeded key source. */
  keysCreated: number
  /** Numbers below this one are taken by keys that are being made. Of this object only, never persisted. */
  keysReserved: number
  /** How far the clock was advanced by the time this was written, in milliseconds. */
  clockAheadMs: number
  /** Whether usages were noted since this was written. Of this object only, never persisted. */
  hasNewUsages: boolean
  /** 32 bytes, the same for all that share a state: what import tokens are sealed under. */
  importSecret: Buffer
  readonly accountRegions: Map<string, AccountRegion>
  /** By region, then by identity, for ciphertexts. */
  readonly keysByIdentity: Map<string, Map<string, KmsKey>>
  /** By ARN, as most requests name them. */
  readonly keysByArn: Map<string, KmsKey>
  /** The keys that something will happen to by time alone; see due.ts. */
  dueKeys: DueQueue<KmsKey>
  /** When something next happens by time alone, in milliseconds since the epoch. */
  nextDueAt: number
}

/** A state without keys. */
export const emptyState = (): KmsState => ({
  keysCreated: 0,
  keysReserved: 0,
  clockAheadMs: 0,
  hasNewUsages: false,
  importSecret: randomBytes(32),
  accountRegions: new Map(),
  keysByIdentity: new Map(),
  keysByArn: new Map(),
  dueKeys: emptyDueQueue(),
  nextDueAt: Infinity,
})

const emptyAccountRegion = (): AccountRegion => ({
  keys: new Map(),
  aliases: new Map(),
  aliasesByKey: new Map(),
  customKeyStores: new Map(),
})

/** What an account has in a region, to look at: requests may name any account, and leave nothing behind. */
export const accountRegion = (state: KmsState, { accountId, region }: Caller): AccountRegion =>
  state.accountRegions.get(`${accountId}/${region}`) ?? emptyAccountRegion()

/** The same to put something into; made when it has nothing yet. */
export const ownAccountRegion = (state: KmsState, place: Caller): AccountRegion => {
  const found = accountRegion(state, place)
  state.accountRegions.set(`${place.accountId}/${place.region}`, found)
  return found
}

/** Adds a key; one that has dates needs `noteDue` after it. */
export const addKey = (state: KmsState, key: KmsKey): void => {
  ownAccountRegion(state, key).keys.set(key.keyId, key)
  let ofRegion = state.keysByIdentity.get(key.region)
  if (ofRegion === undefined) {
    ofRegion = new Map()
    state.keysByIdentity.set(key.region, ofRegion)
  }
  ofRegion.set(keyIdentity(key), key)
  state.keysByArn.set(keyArn(key), key)
}

/** Removes a key. */
export const removeKey = (state: KmsState, key: KmsKey): void => {
  accountRegion(state, key).keys.delete(key.keyId)
  state.keysByIdentity.get(key.region)?.delete(keyIdentity(key))
  state.keysByArn.delete(keyArn(key))
}

/** What a key, of this state or of another that came of the same file, is in this one. */
export const sameKey = (state: KmsState, key: KmsKey): KmsKey | undefined =>
  accountRegion(state, key).keys.get(key.keyId)

/** Whether a key is still there. */
export const hasKey = (state: KmsState, key: KmsKey): boolean => sameKey(state, key) === key

/** The keys of all accounts and regions that have this id. */
export const keysNamed = (state: KmsState, keyId: string): KmsKey[] =>
  [...state.accountRegions.values()].flatMap(({ keys }) => keys.get(keyId) ?? [])

/** Finds the key that a ciphertext names, in one region. */
export const keyByIdentity = (state: KmsState, region: string, identity: string): KmsKey | undefined =>
  state.keysByIdentity.get(region)?.get(identity)

/** Adds an alias. */
export const addAlias = (state: KmsState, alias: Alias): void => {
  const { aliases, aliasesByKey } = ownAccountRegion(state, alias)
  aliases.set(alias.aliasName, alias)
  aliasesByKey.set(alias.targetKeyId, (aliasesByKey.get(alias.targetKeyId) ?? new Set()).add(alias))
}

/** Removes an alias. */
export const removeAlias = (state: KmsState, alias: Alias): void => {
  const { aliases, aliasesByKey } = accountRegion(state, alias)
  aliases.delete(alias.aliasName)
  const others = aliasesByKey.get(alias.targetKeyId)
  others?.delete(alias)
  if (others?.size === 0) aliasesByKey.delete(alias.targetKeyId)
}

/** Lets an alias point at another key. */
export const pointAlias = (state: KmsState, alias: Alias, targetKeyId: string): void => {
  removeAlias(state, alias)
  alias.targetKeyId = targetKeyId
  addAlias(state, alias)
}

/** Every key of every account and region. */
export const allKeys = function* (state: KmsState): Generator<KmsKey> {
  for (const { keys } of state.accountRegions.values()) yield* keys.values()
}

/** Every alias of every account and region. */
export const allAliases = function* (state: KmsState): Generator<Alias> {
  for (const { aliases } of state.accountRegions.values()) yield* aliases.values()
}

/** Every custom key store of every account and region. */
export const allCustomKeyStores = function* (state: KmsState): Generator<CustomKeyStore> {
  for (const { customKeyStores } of state.accountRegions.values()) yield* customKeyStores.values()
}

/** The keys that are one multi-Region key together: the primary first, then replicas by ARN. A single-Region key is alone. */
export const relatedKeys = (state: KmsState, key: KmsKey): KmsKey[] =>
  key.primaryRegion === undefined
    ? [key]
    : keysNamed(state, key.keyId)
        .filter(
          ({ accountId, region }) =>
            accountId === key.accountId && partitionOf(region) === partitionOf(key.region),
        )
        .toSorted((a, b) => Number(isPrimary(b)) - Number(isPrimary(a)) || (keyArn(a) < keyArn(b) ? -1 : 1))

/** The related key that has what all of them share: the primary, or the single-Region key itself. */
export const primaryOf = (state: KmsState, key: KmsKey): KmsKey => relatedKeys(state, key)[0] ?? key

/** Whether a multi-Region key is the primary of its family. */
export const isPrimary = (key: KmsKey): boolean => key.primaryRegion === key.region

/** Whether a key is a replica of another one. */
export const isReplica = (key: KmsKey): boolean => key.primaryRegion !== undefined && !isPrimary(key)

/** The aliases of one key, sorted by ARN. */
export const aliasesOf = (state: KmsState, key: KmsKey): Alias[] =>
  [...(accountRegion(state, key).aliasesByKey.get(key.keyId) ?? [])].toSorted((a, b) =>
    aliasArn(a) < aliasArn(b) ? -1 : 1,
  )
