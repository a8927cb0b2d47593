import { KeyringTraceFlag, type KeyringNode } from '@aws-crypto/material-management-node'
import { KeyringError } from '../errors.js'
import type { AlgorithmSuite } from '../materials/algorithm-suites.js'
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
import { checkAlone, giveAlone } from '../materials/lone-data-key.js'
import { missingKeysOf, type MissingKey } from '../materials/missing-keys.js'
import { unwrapDataKey } from '../materials/unwrap-data-key.js'

/** One of several keyrings, with the copy of AWS's classes that it wants its materials from. */
export interface Member {
  readonly keyring: KeyringNode
  readonly classes: AwsClasses
}

export interface DataKeyToWrap {
  readonly suite: AlgorithmSuite
  readonly encryptionContext: EncryptionContext
  readonly dataKey: Uint8Array
}

export interface DataKeysToUnwrap {
  readonly suite: AlgorithmSuite
  readonly encryptionContext: EncryptionContext
  readonly dataKeys: readonly DataKeyEntry[]
}

/** Throws KEYRING_INVALID. `owner`: whose member it is to be. */
export function memberOf(owner: string, keyring: unknown): Member {
  const classes = typeof keyring === 'object' && keyring !== null ? classesOfKeyring(keyring) : undefined
  if (classes === undefined) {
    throw new KeyringError(
      'KEYRING_INVALID',
      `${owner} needs keyrings, of AWS’s class, and no materials managers`,
    )
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an instance of that copy's KeyringNode
  return { keyring: keyring as KeyringNode, classes }
}

export interface WrappedAlone {
  readonly entries: readonly DataKeyEntry[]
  /** What the member, an `anyOf`, did without. */
  readonly missingKeys: readonly MissingKey[]
}

/**
 * Has a member wrap the data key in materials of its own, which are zeroed when it is done, however late that is.
 * `isForItAlone`: nobody else is given this data key. Throws what it throws, and KEYRING_INVALID.
 */
export async function wrapAlone(
  { keyring, classes }: Member,
  { suite, encryptionContext, dataKey }: DataKeyToWrap,
  isForItAlone = false,
): Promise<WrappedAlone> {
  const material = newEncryptionMaterial(classes, suite, encryptionContext, undefined)
  material.setUnencryptedDataKey(Uint8Array.from(dataKey), {
    keyNamespace: 'sealring',
    keyName: 'given',
    flags: KeyringTraceFlag.WRAPPING_KEY_GENERATED_DATA_KEY,
  })
  if (isForItAlone) giveAlone(material)
  try {
    await keyring.onEncrypt(material)
    checkAlone(material, material.encryptedDataKeys.length)
    const entries = material.encryptedDataKeys.map(dataKeyEntry)
    if (entries.length === 0) throw new KeyringError('KEYRING_INVALID', 'A keyring among several can’t seal')
    return { entries, missingKeys: missingKeysOf(material) }
  } finally {
    material.zeroUnencryptedDataKey()
  }
}

/** Has a member unwrap into materials of its own, likewise. The bytes become the caller's. */
export async function unwrapAlone(
  { keyring, classes }: Member,
  { suite, encryptionContext, dataKeys }: DataKeysToUnwrap,
): Promise<Uint8Array | undefined> {
  const material = newDecryptionMaterial(classes, suite, encryptionContext, undefined)
  const keys = dataKeys.map((key) => encryptedDataKey(classes, key)).filter((key) => key !== undefined)
  try {
    await unwrapDataKey(classes, keyring, material, keys)
    return material.hasUnencryptedDataKey ? unencryptedBytes(material) : undefined
  } finally {
    material.zeroUnencryptedDataKey()
  }
}
