import { constants, generateKeyPairSync } from 'node:crypto'
import {
  getLocalCryptographicMaterialsCache,
  KmsKeyringNode,
  MultiKeyringNode,
  NodeCachingMaterialsManager,
  NodeDefaultCryptographicMaterialsManager,
  RawRsaKeyringNode,
} from '@aws-crypto/client-node'
import { KMS } from '@aws-sdk/client-kms'
import { rawAesKeyring } from '@sealring/core/keyring'
import { kmsKeyring } from '@sealring/core/kms-keyring'
import { kmsFixture } from '../keyring/kms-fixture.js'
import { keyring, otherKeyring } from './fixture.js'
import type { Client } from './sides.js'

/** What stands where a keyring or a materials manager is wanted. */
export type Source = Parameters<Client['encrypt']>[0]

const { kms, keys, clients } = await kmsFixture()
const clientProvider = (region: string) => new KMS({ ...kms.clientConfig(), region, maxAttempts: 1 })
const european = keys['eu-west-1']

function rsaKeyring(): RawRsaKeyringNode {
  const encoding = { type: 'spki', format: 'pem' } as const
  const rsaKey = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: encoding,
    privateKeyEncoding: { ...encoding, type: 'pkcs8' },
  })
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  return new RawRsaKeyringNode({
    keyNamespace: 'parity',
    keyName: 'rsa',
    rsaKey,
    padding,
    oaepHash: 'sha256',
  })
}

export function cachingManager(
  backingMaterials: KmsKeyringNode | Source = keyring,
): NodeCachingMaterialsManager {
  return new NodeCachingMaterialsManager({
    backingMaterials,
    cache: getLocalCryptographicMaterialsCache(100),
    maxAge: 60_000,
    partition: 'parity',
  })
}

const oursAes = rawAesKeyring({ namespace: 'ours', name: 'key', key: Buffer.alloc(32, 3) })
const theirsKms = new KmsKeyringNode({ generatorKeyId: european, clientProvider })

/** The same instance serves both clients. */
export const sources: Readonly<Record<string, Source>> = {
  'raw AES': keyring,
  'raw RSA, OAEP': rsaKeyring(),
  'a multi-keyring': new MultiKeyringNode({ generator: keyring, children: [otherKeyring] }),
  'a multi-keyring in another': new MultiKeyringNode({
    generator: otherKeyring,
    children: [new MultiKeyringNode({ children: [keyring] })],
  }),
  KMS: theirsKms,
  'KMS with a second key': new KmsKeyringNode({
    generatorKeyId: european,
    keyIds: [keys['us-east-1']],
    clientProvider,
  }),
  'KMS and raw AES': new MultiKeyringNode({ generator: theirsKms, children: [keyring] }),
  'the default materials manager': new NodeDefaultCryptographicMaterialsManager(keyring),
  'the caching materials manager': cachingManager(),
  'the caching materials manager over KMS': cachingManager(theirsKms),
  'our raw AES': oursAes,
  'our KMS': kmsKeyring({ generatorKeyId: european, client: clients['eu-west-1'] }),
  'ours among theirs': new MultiKeyringNode({ generator: oursAes, children: [theirsKms, keyring] }),
  'their caching manager over ours': cachingManager(oursAes),
}

export const discovery = new KmsKeyringNode({ discovery: true, clientProvider })
export const strict = theirsKms
