import { createPrivateKey, createPublicKey, KeyObject } from 'node:crypto'
import { KeyringTraceFlag } from '@aws-crypto/material-management-node'
import type {
  EncryptedDataKey,
  NodeDecryptionMaterial,
  NodeEncryptionMaterial,
} from '@aws-crypto/material-management-node'
import { KeyringError } from '../errors.js'
import { algorithmSuites, type AlgorithmSuite } from './algorithm-suites.js'
import { awsSuite, type AwsClasses } from './aws-classes.js'
import type { DataKeyEntry } from './data-key-entry.js'
import { publicKeyContextKey, storedContext, type EncryptionContext } from './encryption-context.js'
import type { DecryptionMaterials, EncryptionMaterials } from './materials.js'
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
    const dataKey = fittingDataKey(material, suite)
    return {
      suite,
      encryptionContext,
      requiredContextKeys,
      storedContext: stored,
      dataKey,
      encryptedDataKeys: material.encryptedDataKeys.map(dataKeyEntry),
      signingKey,
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

const signingKeyPems = new WeakMap<KeyObject, string>()

/** client-node signs with nothing else; converted once for each key, since that takes longer than a signature. */
function pemOf(signingKey: KeyObject): string {
  let pem = signingKeyPems.get(signingKey)
  if (pem === undefined) {
    pem = signingKey.export({ type: 'sec1', format: 'pem' }).toString()
    signingKeyPems.set(signingKey, pem)
  }
  return pem
}

function signatureKeyOf(classes: AwsClasses, materials: EncryptionMaterials, signingKey: KeyObject) {
  const { suite, encryptionContext } = materials
  const compressedPoint = encryptionContext[publicKeyContextKey]
  if (compressedPoint === undefined) {
    throw new KeyringError('KEYRING_INVALID', 'The materials have a signing key, but no public key')
  }
  const point = Uint8Array.from(Buffer.from(compressedPoint, 'base64'))
  return new classes.SignatureKey(pemOf(signingKey), point, awsSuite(classes, suite.id))
}

/**
 * Plain materials as an object of AWS's classes, with a copy of the data key that is the caller's to zero. Throws
 * KEYRING_INVALID for what those classes can't say: pairs that are authenticated without being stored, data keys
 * with an empty field.
 */
export function toEncryptionMaterial(
  classes: AwsClasses,
  materials: EncryptionMaterials,
): NodeEncryptionMaterial {
  const { suite, encryptionContext, requiredContextKeys, dataKey, signingKey } = materials
  if (requiredContextKeys.length > 0) {
    throw new KeyringError(
      'KEYRING_INVALID',
      "AWS's encryption materials can't say that a pair of the context is not to be stored: seal with the client of @sealring/core/envelope",
    )
  }
  const encryptedDataKeys = materials.encryptedDataKeys
    .map((entry) => encryptedDataKey(classes, entry))
    .filter((key) => key !== undefined)
  const [first] = encryptedDataKeys
  if (first === undefined || encryptedDataKeys.length < materials.encryptedDataKeys.length) {
    throw new KeyringError('KEYRING_INVALID', "AWS's classes hold no encrypted data key with an empty field")
  }
  const material = new classes.NodeEncryptionMaterial(awsSuite(classes, suite.id), encryptionContext)
  if (signingKey !== undefined) material.setSignatureKey(signatureKeyOf(classes, materials, signingKey))
  // They take the bytes that they are given, and zero them.
  material.setUnencryptedDataKey(Uint8Array.from(dataKey), {
    keyNamespace: first.providerId,
    keyName: first.providerInfo,
    flags: KeyringTraceFlag.WRAPPING_KEY_GENERATED_DATA_KEY,
  })
  for (const key of encryptedDataKeys) {
    material.addEncryptedDataKey(key, KeyringTraceFlag.WRAPPING_KEY_ENCRYPTED_DATA_KEY)
  }
  return material
}

/** Likewise, for the message whose context this is. */
export function toDecryptionMaterial(
  classes: AwsClasses,
  { suite, dataKey, verificationKey }: DecryptionMaterials,
  encryptionContext: EncryptionContext,
): NodeDecryptionMaterial {
  const material = newDecryptionMaterial(classes, suite, encryptionContext, verificationKey)
  return material.setUnencryptedDataKey(Uint8Array.from(dataKey), {
    // A trace is obligatory; plain materials do not tell which of the data keys was unwrapped.
    keyNamespace: 'sealring',
    keyName: 'materials manager',
    flags: KeyringTraceFlag.WRAPPING_KEY_DECRYPTED_DATA_KEY,
  })
}
