import { randomBytes } from 'node:crypto'
import { KeyringNode } from '@aws-crypto/material-management-node'
import { RawAesKeyringNode, RawAesWrappingSuiteIdentifier } from '@aws-crypto/raw-aes-keyring-node'
import { createStore, memoryBackend, memoryLocation, sealedBlob } from '@sealring/core'
import type { Backend, MemoryLocation, Store, StoreOptions } from '@sealring/core'
import { faultyBackend, type FaultyBackend } from './faulty-backend.js'

export interface TestLocation extends FaultyBackend {
  readonly memory: MemoryLocation
  /** Flip a bit of a stored blob, counted from the end if negative; what was noted about it stays. */
  damage(name: string, revision: number, bit?: number): void
  /** Make the record of a blob agree with its bytes, as a service does that attests what it holds. */
  attest(name: string, revision: number): void
}

/** A location in memory with faults to inject. */
export function testLocation(id: string, memory = memoryLocation()): TestLocation {
  const damage = (name: string, revision: number, bit = 0) => {
    const revisions = memory.blobs.get(name)!
    const blob = revisions.get(revision)!
    const bytes = new Uint8Array(blob.bytes)
    const index = (bit >> 3) + (bit < 0 ? bytes.length : 0)
    bytes[index % bytes.length]! ^= 1 << (bit & 7)
    revisions.set(revision, { ...blob, bytes })
  }
  const attest = (name: string, revision: number) => {
    const revisions = memory.blobs.get(name)!
    const { bytes, versionToken } = revisions.get(revision)!
    revisions.set(revision, { bytes, versionToken, digest: sealedBlob(bytes).digest })
  }
  return { ...faultyBackend(memoryBackend({ id, location: memory })), memory, damage, attest }
}

export function rawAesKeyring(
  unencryptedMasterKey: Uint8Array = new Uint8Array(randomBytes(32)),
): RawAesKeyringNode {
  return new RawAesKeyringNode({
    keyName: 'test',
    keyNamespace: 'sealring',
    unencryptedMasterKey: new Uint8Array(unencryptedMasterKey),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
  })
}

/** A keyring whose key service is away. */
export class BrokenKeyring extends KeyringNode {
  _onEncrypt(): Promise<never> {
    return Promise.reject(new Error('the key service is away'))
  }
  _onDecrypt(): Promise<never> {
    return Promise.reject(new Error('the key service is away'))
  }
}

export interface Fixture {
  readonly a: TestLocation
  readonly b: TestLocation
  readonly c: TestLocation
  readonly locations: readonly TestLocation[]
  readonly backends: readonly Backend[]
  readonly keyring: RawAesKeyringNode
  readonly store: Store
  /** Another store object over the same locations: another process. */
  reopen(options?: Partial<StoreOptions>): Store
  /** The same, with no faults in between. */
  unfaulted(options?: Partial<StoreOptions>): Store
}

/** A store over three locations; `a` is the nearest and the arbiter. */
export function fixture(options: Partial<StoreOptions> = {}): Fixture {
  const [a, b, c] = [testLocation('a'), testLocation('b'), testLocation('c')] as const
  const locations = [a, b, c]
  const backends = locations.map(({ backend }) => backend)
  const keyring = rawAesKeyring()
  const reopen = (more: Partial<StoreOptions> = {}) =>
    createStore({ id: 'test', keyring, locations: backends, ...options, ...more })
  const unfaulted = (more: Partial<StoreOptions> = {}) =>
    reopen({
      locations: locations.map(({ backend, memory }) => memoryBackend({ id: backend.id, location: memory })),
      ...more,
    })
  return { a, b, c, locations, backends, keyring, store: reopen(), reopen, unfaulted }
}
