import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { KeyringTraceFlag } from '@aws-crypto/material-management-node'
import type {
  EncryptedDataKey,
  KeyringNode,
  NodeDecryptionMaterial,
  NodeEncryptionMaterial,
} from '@aws-crypto/material-management-node'
import {
  algorithmSuites,
  unsignedCommittingSuiteId,
  type AlgorithmSuite,
} from '../materials/algorithm-suites.js'
import { classesOfKeyring, type AwsClasses } from '../materials/aws-classes.js'
import {
  dataKeyEntry,
  encryptedDataKey,
  newDecryptionMaterial,
  newEncryptionMaterial,
  unencryptedBytes,
} from '../materials/aws-materials.js'
import type { DataKeyEntry } from '../materials/data-key-entry.js'
import type { EncryptionContext } from '../materials/encryption-context.js'
import type { KeyringFixture } from './keyring-fixture.js'

export const defaultSuite = algorithmSuites.get(unsignedCommittingSuiteId)!

/** Those that the keyring takes. */
export function suitesOf({ capabilities }: KeyringFixture): AlgorithmSuite[] {
  const { signedSuites: takesSigned = true, committingOnly = false } = capabilities
  return [...algorithmSuites.values()].filter(
    ({ signature, committing }) =>
      (takesSigned || signature === undefined) && (committing || !committingOnly),
  )
}

export const signedSuites = [...algorithmSuites.values()].filter(({ signature }) => signature !== undefined)

/** In UTF-16 order U+FF5E comes after U+1F510, in UTF-8 order before it; B and a differ by locale. */
export const sampleContext: EncryptionContext = {
  purpose: 'conformance',
  B: '1',
  a: '2',
  ключ: 'значение',
  '～': 'fullwidth',
  '🔐': 'astral',
}

/** What belongs to one data key. */
export interface Wrapped {
  readonly suite: AlgorithmSuite
  readonly context: EncryptionContext
  readonly dataKey: Uint8Array
  readonly dataKeys: readonly DataKeyEntry[]
}

export function classesOf(keyring: KeyringNode): AwsClasses {
  const classes = classesOfKeyring(keyring)
  assert.ok(classes, 'The keyring is no KeyringNode of any loaded copy of AWS’s materials package')
  return classes
}

interface Asked {
  readonly suite?: AlgorithmSuite
  readonly context?: EncryptionContext
  /** There already: it is to be wrapped, too. */
  readonly dataKey?: Uint8Array
}

export function encryptionMaterial(
  keyring: KeyringNode,
  { suite = defaultSuite, context = sampleContext, dataKey }: Asked = {},
): NodeEncryptionMaterial {
  const material = newEncryptionMaterial(classesOf(keyring), suite, context, undefined)
  if (dataKey === undefined) return material
  return material.setUnencryptedDataKey(Uint8Array.from(dataKey), {
    keyNamespace: 'sealring',
    keyName: 'conformance',
    flags: KeyringTraceFlag.WRAPPING_KEY_GENERATED_DATA_KEY,
  })
}

/** Has a keyring wrap a data key; expects that it gives one and at least one encrypted one. */
export async function wrap(keyring: KeyringNode, asked: Asked = {}): Promise<Wrapped> {
  const { suite = defaultSuite, context = sampleContext } = asked
  const material = await keyring.onEncrypt(encryptionMaterial(keyring, asked))
  assert.ok(material.hasUnencryptedDataKey, 'The materials have no data key')
  assert.ok(material.encryptedDataKeys.length > 0, 'The materials have no encrypted data key')
  const dataKeys = material.encryptedDataKeys.map(dataKeyEntry)
  return { suite, context, dataKey: unencryptedBytes(material), dataKeys }
}

export const randomDataKey = (suite = defaultSuite): Uint8Array => randomBytes(suite.keyLength)

export function decryptionMaterial(
  keyring: KeyringNode,
  { suite, context }: Pick<Wrapped, 'suite' | 'context'>,
): NodeDecryptionMaterial {
  return newDecryptionMaterial(classesOf(keyring), suite, context, undefined)
}

export function awsKeys(keyring: KeyringNode, entries: readonly DataKeyEntry[]): EncryptedDataKey[] {
  return entries.map((entry) => {
    const key = encryptedDataKey(classesOf(keyring), entry)
    assert.ok(key, 'An encrypted data key has an empty field')
    return key
  })
}

/** Expects a keyring to find the data key among `wrapped.dataKeys`. */
export async function expectOpens(keyring: KeyringNode, wrapped: Wrapped, what = 'The data key') {
  const material = decryptionMaterial(keyring, wrapped)
  const given = awsKeys(keyring, wrapped.dataKeys)
  const returned = await keyring.onDecrypt(material, given)
  assert.equal(returned, material, 'Other materials came back')
  assert.ok(material.hasUnencryptedDataKey, `${what} was not unwrapped`)
  expectSameKey(unencryptedBytes(material), wrapped.dataKey, what)
}

export function expectSameKey(actual: Uint8Array, expected: Uint8Array, what: string): void {
  // Not deepEqual: nobody wants key bytes in a report.
  assert.ok(Buffer.compare(actual, expected) === 0, `${what} is another one`)
}

/** What a keyring throws; `undefined` when it throws nothing. */
export async function thrownBy(keyring: KeyringNode, wrapped: Wrapped): Promise<unknown> {
  return thrownInto(keyring, wrapped, decryptionMaterial(keyring, wrapped))
}

async function thrownInto(
  keyring: KeyringNode,
  { dataKeys }: Wrapped,
  material: NodeDecryptionMaterial,
): Promise<unknown> {
  try {
    await keyring.onDecrypt(material, awsKeys(keyring, dataKeys))
    return undefined
  } catch (error) {
    return error
  }
}

/**
 * Expects a keyring to find nothing, by throwing or by giving the materials back. They must be as before, for the next
 * keyring. Returns what was thrown.
 */
export async function expectRefused(keyring: KeyringNode, wrapped: Wrapped, what: string): Promise<unknown> {
  const material = decryptionMaterial(keyring, wrapped)
  const thrown = await thrownInto(keyring, wrapped, material)
  expectUntouched(material, what)
  return thrown
}

/** Expects materials to have no data key, and to take one. */
export function expectUntouched(material: NodeDecryptionMaterial, what: string): void {
  assert.equal(material.hasUnencryptedDataKey, false, `${what} gave a data key`)
  const flags = KeyringTraceFlag.WRAPPING_KEY_DECRYPTED_DATA_KEY
  assert.doesNotThrow(
    () =>
      material.setUnencryptedDataKey(new Uint8Array(material.suite.keyLengthBytes).fill(1), {
        keyNamespace: 'sealring',
        keyName: 'conformance',
        flags,
      }),
    `After ${what} the materials take no data key any more`,
  )
}

/** Data keys of a provider that no keyring has. */
export const unknownDataKeys: readonly DataKeyEntry[] = [
  { providerId: 'nobody', providerInfo: Buffer.from('info'), ciphertext: Buffer.from('ciphertext') },
  { providerId: 'nobody', providerInfo: Uint8Array.of(0xff), ciphertext: Uint8Array.of(0) },
  { providerId: 'никто', providerInfo: new Uint8Array(0xffff), ciphertext: new Uint8Array(0xffff) },
]

const flipped = (bytes: Uint8Array, at: number): Uint8Array => {
  const changed = Uint8Array.from(bytes)
  changed[at]! ^= 0x40
  return changed
}

const sizedWrong = (bytes: Uint8Array): Uint8Array[] => [
  ...(bytes.byteLength > 1 ? [bytes.subarray(0, -1)] : []),
  Buffer.concat([bytes, Uint8Array.of(0)]),
  Uint8Array.of(1),
  new Uint8Array(0xffff),
]

/** Every set of data keys in which the ciphertext of each is changed in one way. */
export function damagedCiphertexts(entries: readonly DataKeyEntry[]): DataKeyEntry[][] {
  const ways: ((ciphertext: Uint8Array) => Uint8Array)[] = [
    (ciphertext) => flipped(ciphertext, 0),
    (ciphertext) => flipped(ciphertext, ciphertext.byteLength >> 1),
    (ciphertext) => flipped(ciphertext, ciphertext.byteLength - 1),
    ...[0, 1, 2, 3].map((n) => (ciphertext: Uint8Array) => {
      const wrong = sizedWrong(ciphertext)
      return wrong[n % wrong.length]!
    }),
  ]
  return ways.map((way) =>
    entries.map(({ ciphertext, ...rest }) => ({ ...rest, ciphertext: way(ciphertext) })),
  )
}

/** Likewise of the provider info. */
export function damagedInfos(entries: readonly DataKeyEntry[]): DataKeyEntry[][] {
  return [0, 1, 2, 3].map((n) =>
    entries.map(({ providerInfo, ...rest }) => {
      const wrong = sizedWrong(providerInfo)
      return { ...rest, providerInfo: wrong[n % wrong.length]! }
    }),
  )
}
