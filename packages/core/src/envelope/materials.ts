import {
  EncryptedDataKey,
  KeyringNode,
  NodeAlgorithmSuite,
  unwrapDataKey as exportDataKey,
} from '@aws-crypto/material-management-node'
import type {
  CommitmentPolicy,
  NodeDecryptionMaterial,
  NodeEncryptionMaterial,
  NodeMaterialsManager,
} from '@aws-crypto/material-management-node'
import { KeyringError } from '../errors.js'
import { algorithmSuites, type AlgorithmSuite } from './algorithm-suites.js'
import { newDecryptionMaterial, newEncryptionMaterial } from './default-materials.js'
import type { EncryptionContext } from './encryption-context.js'
import type { DataKeyEntry } from './header.js'
import { printable } from './printable.js'
import { unwrapDataKey } from './unwrap-data-key.js'

/** Where data keys come from: any keyring or materials manager made for `@aws-crypto/client-node`. */
export type MaterialsSource = KeyringNode | NodeMaterialsManager

export interface EncryptionRequest {
  readonly suite: AlgorithmSuite
  /** False when the caller asked for no suite: then a materials manager may choose another. */
  readonly suiteAsked: boolean
  readonly encryptionContext: EncryptionContext
  readonly plaintextLength: number
  readonly commitmentPolicy: CommitmentPolicy
}

export interface DecryptionRequest {
  readonly suite: AlgorithmSuite
  readonly encryptionContext: EncryptionContext
  readonly dataKeys: readonly EncryptedDataKey[]
}

function isMaterialsManager(source: object): source is NodeMaterialsManager {
  const manager = source as Partial<NodeMaterialsManager>
  return (
    typeof manager.getEncryptionMaterials === 'function' && typeof manager.decryptMaterials === 'function'
  )
}

/** Throws KEYRING_INVALID. */
function checkSource(source: unknown): asserts source is MaterialsSource {
  if (source instanceof KeyringNode) return
  if (typeof source === 'object' && source !== null) {
    if (isMaterialsManager(source)) return
    if ('onEncrypt' in source && 'onDecrypt' in source) {
      throw new KeyringError(
        'KEYRING_INVALID',
        'The keyring was made by another copy of @aws-crypto/material-management: keep one (npm ls, npm dedupe)',
      )
    }
  }
  throw new KeyringError('KEYRING_INVALID', 'A keyring or a materials manager is needed')
}

function awsSuite({ id }: AlgorithmSuite): NodeAlgorithmSuite {
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enum's members are the specification's ids
  return new NodeAlgorithmSuite(id)
}

function failure(code: 'DATA_KEY_NOT_WRAPPED' | 'DATA_KEY_NOT_UNWRAPPED', cause: unknown): KeyringError {
  if (cause instanceof KeyringError) return cause
  const what = code === 'DATA_KEY_NOT_WRAPPED' ? 'wrap a data key' : 'unwrap a data key of this message'
  return new KeyringError(code, `The keyring could not ${what}`, { cause })
}

async function askForEncryption(
  source: MaterialsSource,
  request: EncryptionRequest,
): Promise<NodeEncryptionMaterial> {
  const { encryptionContext, plaintextLength, commitmentPolicy } = request
  const suite = awsSuite(request.suite)
  if (!(source instanceof KeyringNode)) {
    const asked = request.suiteAsked ? { suite } : {}
    try {
      return await source.getEncryptionMaterials({
        ...asked,
        encryptionContext,
        plaintextLength,
        commitmentPolicy,
      })
    } catch (error) {
      throw failure('DATA_KEY_NOT_WRAPPED', error)
    }
  }
  const material = await newEncryptionMaterial(source, request.suite, suite, encryptionContext)
  try {
    await source.onEncrypt(material)
  } catch (error) {
    material.zeroUnencryptedDataKey()
    throw failure('DATA_KEY_NOT_WRAPPED', error)
  }
  return material
}

/**
 * framework/cmm-interface.md#get-encryption-materials. Throws KEYRING_INVALID, DATA_KEY_NOT_WRAPPED (`cause` is
 * what the keyring threw), NO_DATA_KEY.
 */
export async function encryptionMaterials(
  source: MaterialsSource,
  request: EncryptionRequest,
): Promise<NodeEncryptionMaterial> {
  checkSource(source)
  const material = await askForEncryption(source, request)
  if (!material.hasUnencryptedDataKey || material.encryptedDataKeys.length === 0) {
    material.zeroUnencryptedDataKey()
    throw new KeyringError(
      'NO_DATA_KEY',
      'The keyring gave no encrypted data key: nobody could open the message',
    )
  }
  return material
}

async function askForDecryption(
  source: MaterialsSource,
  request: DecryptionRequest,
): Promise<NodeDecryptionMaterial> {
  const { encryptionContext } = request
  const encryptedDataKeys = [...request.dataKeys]
  const suite = awsSuite(request.suite)
  if (!(source instanceof KeyringNode)) {
    try {
      return await source.decryptMaterials({ suite, encryptionContext, encryptedDataKeys })
    } catch (error) {
      throw failure('DATA_KEY_NOT_UNWRAPPED', error)
    }
  }
  const material = newDecryptionMaterial(source, request.suite, suite, encryptionContext)
  try {
    await unwrapDataKey(source, material, encryptedDataKeys)
  } catch (error) {
    material.zeroUnencryptedDataKey()
    throw failure('DATA_KEY_NOT_UNWRAPPED', error)
  }
  return material
}

/**
 * framework/cmm-interface.md#decrypt-materials. Throws KEYRING_INVALID, DATA_KEY_NOT_UNWRAPPED (`cause` is what the
 * keyring threw), NO_DATA_KEY (no data key of the message is this keyring's), SIGNATURE_INVALID,
 * MESSAGE_NOT_CANONICAL (the public key in the context).
 */
export async function decryptionMaterials(
  source: MaterialsSource,
  request: DecryptionRequest,
): Promise<NodeDecryptionMaterial> {
  checkSource(source)
  const material = await askForDecryption(source, request)
  if (!material.hasUnencryptedDataKey) {
    const providers = [...new Set(request.dataKeys.map((key) => printable(Buffer.from(key.providerId))))]
    throw new KeyringError(
      'NO_DATA_KEY',
      `No data key of this message is for this keyring (their providers: ${providers.join(', ')})`,
    )
  }
  return material
}

/** Our row for the suite of materials. Throws KEYRING_INVALID for one that no specification knows. */
export function suiteOf(material: NodeEncryptionMaterial | NodeDecryptionMaterial): AlgorithmSuite {
  const suite = algorithmSuites.get(material.suite.id)
  if (suite === undefined) throw new KeyringError('KEYRING_INVALID', 'The materials have an unknown suite')
  return suite
}

/** Calls `use` with a copy of the plaintext data key and zeroes the copy. */
export function withDataKey<Result>(
  material: NodeEncryptionMaterial | NodeDecryptionMaterial,
  use: (dataKey: Uint8Array) => Result,
): Result {
  const held = material.getUnencryptedDataKey()
  // A KeyObject exports a new copy; bytes are the material's own and may be cached.
  const dataKey = held instanceof Uint8Array ? Uint8Array.from(held) : exportDataKey(held)
  try {
    return use(dataKey)
  } finally {
    dataKey.fill(0)
  }
}

/** The entry as keyrings want it; `undefined` for one with an empty field, which AWS's class can't hold. */
export function encryptedDataKey(entry: DataKeyEntry): EncryptedDataKey | undefined {
  const { providerId, providerInfo, ciphertext } = entry
  if (providerId === '' || providerInfo.byteLength === 0 || ciphertext.byteLength === 0) return undefined
  return new EncryptedDataKey({
    providerId,
    providerInfo: Buffer.from(providerInfo).toString('utf8'),
    rawInfo: providerInfo,
    encryptedDataKey: ciphertext,
  })
}

/** The entry as it is written (its binary provider info, where it has one, is what counts). */
export function dataKeyEntry(key: EncryptedDataKey): DataKeyEntry {
  return {
    providerId: key.providerId,
    providerInfo: key.rawInfo ?? Buffer.from(key.providerInfo),
    ciphertext: key.encryptedDataKey,
  }
}
