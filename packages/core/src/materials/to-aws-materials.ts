import type { KeyObject } from 'node:crypto'
import { KeyringTraceFlag } from '@aws-crypto/material-management-node'
import type { NodeDecryptionMaterial, NodeEncryptionMaterial } from '@aws-crypto/material-management-node'
import { KeyringError } from '../errors.js'
import { awsSuite, type AwsClasses } from './aws-classes.js'
import { encryptedDataKey, newDecryptionMaterial } from './aws-materials.js'
import { publicKeyContextKey, type EncryptionContext } from './encryption-context.js'
import type { DecryptionMaterials, EncryptionMaterials } from './materials.js'

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
