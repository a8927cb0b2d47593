import { createHash } from 'node:crypto'
import {
  buildClient as buildOracle,
  MultiKeyringNode,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
} from '@aws-crypto/client-node'
import { buildClient } from '@sealring/core/envelope'
import { rawAesKeyring } from '@sealring/core/keyring'
import type { ReferenceKey } from './reference-decoder.js'

export const unsigned = 0x0478
export const signed = 0x0578
export const suites = [
  { suiteId: unsigned, name: 'unsigned' },
  { suiteId: signed, name: 'signed' },
] as const

export const ours = buildClient()
/** client-node: what everything is compared with. */
export const oracle = buildOracle()

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
  many: Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`key ${n}`, `${n * n}`])),
  // In UTF-16 order U+FF5E comes after U+1F510, in UTF-8 order before it; B and a differ by locale.
  unicode: { ключ: 'значение', '～': 'fullwidth', '🔐': 'astral', B: '1', a: '2', é: '', '': 'empty key' },
  objectKeys: JSON.parse('{"__proto__":"a","constructor":"b","toString":"c"}'),
}

/** The same bytes for the same label, every time. */
export function bytesOf(label: string, length: number): Buffer {
  const blocks: Buffer[] = []
  for (let n = 0; n * 64 < length; n += 1) blocks.push(createHash('sha512').update(`${label} ${n}`).digest())
  return Buffer.concat(blocks).subarray(0, length)
}
