import { randomBytes } from 'node:crypto'
import { buildClient } from '@sealring/core/envelope'
import { sealedBlob } from '@sealring/core'
import type { KeyringNode } from '@aws-crypto/material-management-node'
import { manifestKey, writeManifest } from '#src/store/manifest.js'
import { count } from './tally.js'
import { arbiterId, type Place, type World } from './world.js'

/** Somebody who can write to one location, and has no key. Each call does one thing there. */
export type Attacker = () => Promise<void>

export interface AttackerOptions {
  /** The store's own: only for what another store, or a store before this one, has sealed with it. */
  readonly keyring: KeyringNode
  /** Another one, with the same name and provider. */
  readonly strangersKeyring: KeyringNode
  readonly names: readonly string[]
}

interface Target {
  readonly place: Place
  readonly name: string
  /** Highest revision there, 0 for none. */
  readonly tip: number
  readonly revision: number
}

export function attacker(world: World, options: AttackerOptions): Attacker {
  const { random, attack, rates, places, tally, vouched } = world
  const place = attack === 'arbiter' ? places[0]! : random.pick(places.slice(1))

  const plant = ({ name, revision }: Target, bytes: Uint8Array): void => {
    const { digest } = sealedBlob(bytes)
    const revisions = place.memory.blobs.get(name) ?? new Map<number, never>()
    place.memory.blobs.set(name, revisions)
    revisions.set(revision, { bytes, digest, versionToken: randomBytes(8).toString('hex') })
    if (place.id === arbiterId) vouched.add(digest)
  }
  const seal = async (keyring: KeyringNode, context: Record<string, string>): Promise<Uint8Array> => {
    const client = buildClient('REQUIRE_ENCRYPT_REQUIRE_DECRYPT')
    const suiteId = 0x0478
    const { result } = await client.encrypt(keyring, 'planted', { suiteId, encryptionContext: context })
    return result
  }
  const contextOf = ({ name, revision }: Target, store: string): Record<string, string> => ({
    'sealring-store': store,
    'sealring-name': name,
    'sealring-revision': String(revision),
    ...(revision > 1 ? { 'sealring-previous': digestOf(name, revision - 1) } : {}),
    'sealring-request': 'planted',
  })
  const digestOf = (name: string, revision: number): string =>
    places[0]!.memory.blobs.get(name)?.get(revision)?.digest ?? '0'.repeat(64)
  const blobsOf = ({ name }: Target) => place.memory.blobs.get(name)

  /** What it has seen there: nobody can have it forget that. */
  const kept = new Map<string, Uint8Array>()
  const remember = (): void => {
    for (const [name, revisions] of place.memory.blobs)
      for (const [revision, { bytes }] of revisions)
        if (!kept.has(`${name}@${revision}`)) kept.set(`${name}@${revision}`, bytes)
  }

  const deeds: { readonly [kind: string]: (target: Target) => Promise<void> | void } = {
    garbage: (target) => plant(target, new Uint8Array(randomBytes(600))),
    'forged blob': async (target) =>
      plant(target, await seal(options.strangersKeyring, contextOf(target, 'simulated'))),
    'forged tombstone': async (target) =>
      plant(
        target,
        await seal(options.strangersKeyring, {
          ...contextOf(target, 'simulated'),
          'sealring-destroyed': digestOf(target.name, target.revision),
        }),
      ),
    "another store's blob": async (target) =>
      plant(target, await seal(options.keyring, contextOf(target, 'another'))),
    "another store's tombstone": async (target) =>
      plant(
        target,
        await seal(options.keyring, {
          ...contextOf(target, 'another'),
          'sealring-destroyed': digestOf(target.name, target.revision),
        }),
      ),
    "another name's blob": (target) => {
      const other = options.names.find((name) => name !== target.name)!
      const blob = [...(place.memory.blobs.get(other)?.values() ?? [])].at(-1)
      if (blob) plant(target, blob.bytes)
    },
    'older blob': (target) => {
      const blob = blobsOf(target)?.get(target.revision - 1)
      if (blob) plant(target, blob.bytes)
    },
    'earlier bytes': (target) => {
      const bytes = kept.get(`${target.name}@${target.revision}`)
      if (bytes) plant(target, bytes)
    },
    'rolled back': (target) => void blobsOf(target)?.delete(target.tip),
    'name removed': (target) => void place.memory.blobs.delete(target.name),
    'digest changed': (target) => {
      const blob = blobsOf(target)?.get(target.tip)
      if (blob) blobsOf(target)?.set(target.tip, { ...blob, digest: 'f'.repeat(64) })
    },
    ...(place.id === arbiterId
      ? {}
      : {
          'contradicting manifest': () =>
            writeSidecar(
              place,
              writeManifest({ format: 1, store: 'simulated', arbiter: place.id, location: place.id }),
            ),
          'garbage as manifest': () => writeSidecar(place, randomBytes(20)),
        }),
  }

  return async () => {
    if (attack !== 'none') remember()
    if (attack === 'none' || !random.chance(rates.attack)) return
    const name = random.pick(options.names)
    const tip = Math.max(0, ...(place.memory.blobs.get(name)?.keys() ?? []))
    const revision = random.pick([tip + 1, Math.max(1, tip), 1 + random.index(tip + 1)])
    const kind = random.pick(Object.keys(deeds))
    count(tally, `attack at the ${attack}: ${kind}`)
    await deeds[kind]!({ place, name, tip, revision })
  }
}

function writeSidecar({ memory }: Place, bytes: Uint8Array): void {
  const slot = `${manifestKey.revision} ${manifestKey.name}`
  const id = `${manifestKey.kind} ${manifestKey.id}`
  memory.sidecars.get(slot)?.set(id, { key: manifestKey, bytes })
}

/** What an administrator does who has found a manifest that contradicts the others. */
export function removeManifests(places: readonly Place[], suspects: (place: Place) => boolean): void {
  const slot = `${manifestKey.revision} ${manifestKey.name}`
  const id = `${manifestKey.kind} ${manifestKey.id}`
  for (const place of places) if (suspects(place)) place.memory.sidecars.get(slot)?.delete(id)
}
