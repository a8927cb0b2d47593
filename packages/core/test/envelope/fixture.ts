import { createHash } from 'node:crypto'
import {
  buildClient as buildOracle,
  CommitmentPolicy,
  MultiKeyringNode,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
} from '@aws-crypto/client-node'
import { buildClient } from '@sealring/core/envelope'
import { rawAesKeyring } from '@sealring/core/keyring'
import type { ReferenceKey } from './reference-decoder.js'
import { referenceSuites, type ReferenceSuite } from './reference-suites.js'

export const unsigned = 0x0478
export const signed = 0x0578
export const suites = [
  { suiteId: unsigned, name: 'unsigned' },
  { suiteId: signed, name: 'signed' },
] as const

/** All that there are, both message formats. */
export const everySuite: readonly ReferenceSuite[] = [...referenceSuites.values()]

export const ours = buildClient()
/** client-node: what everything is compared with. */
export const oracle = buildOracle()

const forbidCommitment = CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT
const clients = {
  1: { ours: buildClient(forbidCommitment), oracle: buildOracle(forbidCommitment) },
  2: { ours, oracle },
} as const

/** Clients whose policy lets them write the suite. */
export function clientsFor({ format }: ReferenceSuite): (typeof clients)[1 | 2] {
  return clients[format]
}

export const referenceKey: ReferenceKey = {
  namespace: 'sealring test',
  name: 'AES-256 ключ',
  key: bytesOf('wrapping key', 32),
}
const otherKey: ReferenceKey = { namespace: 'other', name: 'second', key: bytesOf('second key', 16) }
export const referenceKeys = [referenceKey, otherKey]

export const keyring = rawAesKeyring(referenceKey)
export const otherKeyring = rawAesKeyring(otherKey)
export const severalKeyrings = new MultiKeyringNode({ generator: keyring, children: [otherKeyring] })

/** AWS's own keyring for the same key, as a user of client-node would make it. */
export function oracleKeyring(utf8Sorting: boolean): RawAesKeyringNode {
  return new RawAesKeyringNode({
    keyNamespace: referenceKey.namespace,
    keyName: referenceKey.name,
    unencryptedMasterKey: Uint8Array.from(referenceKey.key),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
    utf8Sorting,
  })
}

export const contexts: Readonly<Record<string, Record<string, string>>> = {
  empty: {},
  one: { purpose: 'test' },
  many: Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`key ${n}`, `${n * n}`])),
  // In UTF-16 order U+FF5E comes after U+1F510, in UTF-8 order before it; B and a differ by locale.
  unicode: { ключ: 'значение', '～': 'fullwidth', '🔐': 'astral', B: '1', a: '2', é: '', '': 'empty key' },
  objectKeys: JSON.parse('{"__proto__":"a","constructor":"b","toString":"c"}'),
}

export const publicKeyContextKey = 'aws-crypto-public-key'
const maxContextLength = 0xffff
/** Count and the lengths of one pair. */
const pairOverhead = 2 + 4

/** Bytes that the public key takes in the context of a signed message. */
function publicKeyPairLength({ signature }: ReferenceSuite): number {
  if (signature === undefined) return 0
  const point = signature.curve === 'P-256' ? 33 : 49
  return 4 + publicKeyContextKey.length + Math.ceil(point / 3) * 4
}

/** The one pair `maximum` with as many bytes as just fit the format, or `more` beyond. */
export function maximumContext(suite: ReferenceSuite, more = 0): Record<string, string> {
  const room = maxContextLength - pairOverhead - 'maximum'.length - publicKeyPairLength(suite)
  return { maximum: 'x'.repeat(room + more) }
}

/** Contexts of every kind for a suite. */
export function contextsFor(suite: ReferenceSuite): Readonly<Record<string, Record<string, string>>> {
  return { ...contexts, maximum: maximumContext(suite) }
}

/** The same bytes for the same label, every time. */
export function bytesOf(label: string, length: number): Buffer {
  const blocks: Buffer[] = []
  for (let n = 0; n * 64 < length; n += 1) blocks.push(createHash('sha512').update(`${label} ${n}`).digest())
  return Buffer.concat(blocks).subarray(0, length)
}
