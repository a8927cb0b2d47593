import { constants } from 'node:crypto'
import {
  MultiKeyringNode,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
  RawRsaKeyringNode,
} from '@aws-crypto/client-node'
import type { KeyringFixture } from '@sealring/core/conformance'
import { anyOf, keyringFrom, mOf, rawAesKeyring } from '@sealring/core/keyring'
import { bytesOf, oracle } from '../envelope/fixture.js'
import { aesFunctions } from './aes-functions.js'
import { rsaPairs } from './rsa-pairs.js'

const both = { seals: true, opens: true, bindsContext: true, detectsDamage: true }
const dispose = async (): Promise<void> => undefined
const key = bytesOf('conformance', 32)
const otherKey = bytesOf('another', 32)
const isText = (text: string) => (info: Uint8Array) => Buffer.from(info).toString() === text

const aes = (bytes: Uint8Array, name = 'k') => rawAesKeyring({ namespace: 'raw', name, key: bytes })

export const rawAesFixture: KeyringFixture = {
  capabilities: { ...both, providerIds: ['raw'], equivalent: true },
  open: async () => ({
    keyring: aes(key),
    reopen: async () => aes(key),
    stranger: aes(otherKey),
    // Name, lengths of tag and IV, IV.
    isProviderInfo: (info) => info.byteLength === 1 + 8 + 12 && info[0] === 'k'.charCodeAt(0),
    secrets: [key],
    equivalent: {
      client: oracle,
      keyring: new RawAesKeyringNode({
        keyNamespace: 'raw',
        keyName: 'k',
        unencryptedMasterKey: Uint8Array.from(key),
        wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
        utf8Sorting: true,
      }),
    },
    dispose,
  }),
}

export const customFixture: KeyringFixture = {
  capabilities: { ...both, providerIds: ['test-author'], equivalent: false },
  open: async () => ({
    keyring: keyringFrom(aesFunctions(key)),
    reopen: async () => keyringFrom(aesFunctions(key)),
    stranger: keyringFrom(aesFunctions(otherKey)),
    isProviderInfo: isText('key-1'),
    secrets: [key],
    dispose,
  }),
}

const multi = (bytes: Uint8Array) =>
  new MultiKeyringNode({
    generator: aes(bytes),
    children: [keyringFrom(aesFunctions(bytes)), aes(bytes, 'k2')],
  })

export const multiFixture: KeyringFixture = {
  capabilities: { ...both, providerIds: ['raw', 'test-author', 'raw'], equivalent: false },
  open: async () => ({
    keyring: multi(key),
    reopen: async () => multi(key),
    stranger: multi(otherKey),
    isProviderInfo: (info, n) => (n === 1 ? isText('key-1')(info) : info.byteLength > 20),
    secrets: [key],
    dispose,
  }),
}

const any = (bytes: Uint8Array) =>
  anyOf({ keyrings: [aes(bytes), keyringFrom(aesFunctions(bytes))], wrapWith: 2 })

export const anyOfFixture: KeyringFixture = {
  capabilities: { ...both, providerIds: ['raw', 'test-author'], equivalent: true },
  open: async () => ({
    keyring: any(key),
    reopen: async () => any(key),
    stranger: any(otherKey),
    isProviderInfo: (info, n) => (n === 1 ? isText('key-1')(info) : info.byteLength > 20),
    secrets: [key],
    equivalent: {
      client: oracle,
      keyring: new MultiKeyringNode({ generator: aes(key), children: [keyringFrom(aesFunctions(key))] }),
    },
    dispose,
  }),
}

/** client-node's own raw RSA keyring. Makes its keys when it is called. */
export function awsRsaFixture(): KeyringFixture {
  const { pair, other } = rsaPairs()
  const rsa = (rsaKey: typeof pair) =>
    new RawRsaKeyringNode({
      keyNamespace: 'rsa',
      keyName: 'k',
      rsaKey,
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: 'sha256',
    })
  return {
    capabilities: { ...both, bindsContext: false, providerIds: ['rsa'], equivalent: true },
    open: async () => ({
      keyring: rsa(pair),
      reopen: async () => rsa(pair),
      stranger: rsa(other),
      isProviderInfo: isText('k'),
      secrets: [Buffer.from(pair.privateKey)],
      equivalent: { client: oracle, keyring: rsa(pair) },
      dispose,
    }),
  }
}

const threshold = (...keys: readonly Uint8Array[]) =>
  mOf({
    keyrings: keys.map((bytes, n) => aes(bytes, `custodian ${n}`)),
    threshold: 2,
    besideOtherDataKeys: true,
  })
const custodians = ['one', 'two', 'three'].map((name) => bytesOf(name, 32))

/** Two of three. */
export const mOfFixture: KeyringFixture = {
  // Damage to one share is outlived: the others open, and give the right data key.
  capabilities: {
    ...both,
    detectsDamage: false,
    providerIds: ['sealring-threshold'],
    committingOnly: true,
    equivalent: false,
  },
  open: async () => ({
    keyring: threshold(...custodians),
    reopen: async () => threshold(...custodians),
    stranger: threshold(custodians[0]!, otherKey, key),
    isProviderInfo: isText('v1 2-of-3'),
    secrets: custodians,
    dispose,
  }),
}
