import { createPrivateKey, createPublicKey, KeyObject } from 'node:crypto'
import type {
  EncryptedDataKey,
  NodeDecryptionMaterial,
  NodeEncryptionMaterial,
} from '@aws-crypto/material-management-node'
import { KeyringError } from '../errors.js'
import { algorithmSuites, type AlgorithmSuite } from './algorithm-suites.js'
import { awsSuite, type AwsClasses } from './aws-classes.js'
import type { DataKeyEntry } from './data-key-entry.js'
import { storedContext, type EncryptionContext } from './encryption-context.js'
import type { DecryptionMaterials, EncryptionMaterials } from './materials.js'
import { missingKeysOf } from './missing-keys.js'
import type { SigningKey } from './signing-keys.js'

/** New materials for a keyring to fill. */
export function newEncryptionMaterial(
  classes: AwsClasses,
  { id }: AlgorithmSuite,
  encryptionContext: EncryptionContext,
  signingKey: SigningKey | undefined,
): NodeEncryptionMaterial {
  const suite = awsSuite(classes, id)
  const material = new classes.NodeEncryptionMaterial(suite, encryptionContext)
  if (signingKey === undefined) return material
  const { privateKey, compressedPoint } = signingKey
  return material.setSignatureKey(new classes.SignatureKey(privateKey, compressedPoint, suite))
}

/** New materials for a keyring to unwrap a data key into. */
export function newDecryptionMaterial(
  classes: AwsClasses,
  { id }: AlgorithmSuite,
  encryptionContext: EncryptionContext,
  verificationKey: KeyObject | undefined,
): NodeDecryptionMaterial {
  const suite = awsSuite(classes, id)
  const material = new classes.NodeDecryptionMaterial(suite, encryptionContext)
  if (verificationKey === undefined) return material
  return material.setVerificationKey(new classes.VerificationKey(verificationKey, suite))
}

function suiteOf(material: NodeEncryptionMaterial | NodeDecryptionMaterial): AlgorithmSuite {
  const suite = algorithmSuites.get(material.suite.id)
  if (suite === undefined) throw new KeyringError('KEYRING_INVALID', 'The materials have an unknown suite')
  return suite
}

/** The key of materials: a KeyObject, or the PEM that AWS's classes make of bytes. */
function signatureKeyObject(key: unknown, fromPem: (pem: string) => KeyObject): KeyObject {
  if (key instanceof KeyObject) return key
  if (typeof key === 'string') return fromPem(key)
  throw new KeyringError('KEYRING_INVALID', 'The materials have no key for their signature')
}

/** A copy of the plaintext data key, the caller's to zero. */
export function unencryptedBytes(material: NodeEncryptionMaterial | NodeDecryptionMaterial): Uint8Array {
  const held = material.getUnencryptedDataKey()
  // A KeyObject exports a new copy; bytes are the material's own and may be cached.
  return held instanceof Uint8Array ? Uint8Array.from(held) : held.export()
}

function fittingDataKey(
  material: NodeEncryptionMaterial | NodeDecryptionMaterial,
  suite: AlgorithmSuite,
): Uint8Array {
  const dataKey = unencryptedBytes(material)
  if (dataKey.byteLength === suite.keyLength) return dataKey
  dataKey.fill(0)
  throw new KeyringError('KEYRING_INVALID', `The data key of the materials does not fit ${suite.name}`)
}

/** Zeroes and throws what `read` throws, so that no data key outlives a failure. */
function orZero<Result>(
  material: NodeEncryptionMaterial | NodeDecryptionMaterial,
  read: () => Result,
): Result {
  try {
    return read()
  } catch (error) {
    material.zeroUnencryptedDataKey()
    throw error
  }
}

/** What a keyring or a materials manager gave, as plain materials. Throws KEYRING_INVALID, INVALID_CONTEXT. */
export function fromEncryptionMaterial(
  material: NodeEncryptionMaterial,
  requiredContextKeys: readonly string[],
): EncryptionMaterials {
  return orZero(material, () => {
    const suite = suiteOf(material)
    const { encryptionContext } = material
    const signingKey =
      suite.signature && signatureKeyObject(material.signatureKey?.privateKey, createPrivateKey)
    const stored = storedContext(encryptionContext, requiredContextKeys)
    const missingKeys = missingKeysOf(material)
    const dataKey = fittingDataKey(material, suite)
    return {
      suite,
      encryptionContext,
      requiredContextKeys,
      storedContext: stored,
      dataKey,
      encryptedDataKeys: material.encryptedDataKeys.map(dataKeyEntry),
      signingKey,
      ...(missingKeys.length > 0 && { missingKeys }),
      release: () => {
        dataKey.fill(0)
        material.zeroUnencryptedDataKey()
      },
    }
  })
}

/** Likewise. Throws KEYRING_INVALID. */
export function fromDecryptionMaterial(material: NodeDecryptionMaterial): DecryptionMaterials {
  return orZero(material, () => {
    const suite = suiteOf(material)
    const verificationKey =
      suite.signature && signatureKeyObject(material.verificationKey?.publicKey, createPublicKey)
    const dataKey = fittingDataKey(material, suite)
    return {
      suite,
      dataKey,
      verificationKey,
      release: () => {
        dataKey.fill(0)
        material.zeroUnencryptedDataKey()
      },
    }
  })
}

/** The entry as keyrings want it; `undefined` for one with an empty field, which AWS's class can't hold. */
export function encryptedDataKey(
  classes: Pick<AwsClasses, 'EncryptedDataKey'>,
  { providerId, providerInfo, ciphertext }: DataKeyEntry,
): EncryptedDataKey | undefined {
  if (providerId === '' || providerInfo.byteLength === 0 || ciphertext.byteLength === 0) return undefined
  return new classes.EncryptedDataKey({
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
