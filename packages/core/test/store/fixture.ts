import { randomBytes } from 'node:crypto'
import { RawAesKeyringNode, RawAesWrappingSuiteIdentifier } from '@aws-crypto/raw-aes-keyring-node'
import { createStore, memoryBackend, memoryLocation } from '@sealring/core'
import type { Backend, MemoryLocation, Store, StoreOptions } from '@sealring/core'
import { faultyBackend, type FaultyBackend } from './faulty-backend.js'

export interface TestLocation extends FaultyBackend {
  readonly memory: MemoryLocation
}

/** A location in memory with faults to inject. */
export function testLocation(id: string, memory = memoryLocation()): TestLocation {
  return { ...faultyBackend(memoryBackend({ id, location: memory })), memory }
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
}

/** A store over three locations; `a` is the nearest and the arbiter. */
export function fixture(options: Partial<StoreOptions> = {}): Fixture {
  const [a, b, c] = [testLocation('a'), testLocation('b'), testLocation('c')] as const
  const locations = [a, b, c]
  const backends = locations.map(({ backend }) => backend)
  const keyring = rawAesKeyring()
  const reopen = (more: Partial<StoreOptions> = {}) =>
    createStore({ id: 'test', keyring, locations: backends, ...options, ...more })
  return { a, b, c, locations, backends, keyring, store: reopen(), reopen }
}
