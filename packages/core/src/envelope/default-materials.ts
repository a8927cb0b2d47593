import type { KeyObject } from 'node:crypto'
import {
  NodeDecryptionMaterial,
  NodeDefaultCryptographicMaterialsManager,
  NodeEncryptionMaterial,
} from '@aws-crypto/material-management-node'
import type { KeyringNode, NodeAlgorithmSuite } from '@aws-crypto/material-management-node'
import { EnvelopeError } from '../errors.js'
import type { AlgorithmSuite } from './algorithm-suites.js'
import { publicKeyContextKey, type EncryptionContext } from './encryption-context.js'
import { generateSigningKey, publicKeyInContext } from './signing-keys.js'

type SignatureKey = NonNullable<NodeEncryptionMaterial['signatureKey']>
type VerificationKey = NonNullable<NodeDecryptionMaterial['verificationKey']>
type SignatureKeyClass = new (
  privateKey: KeyObject,
  compressedPoint: Uint8Array,
  suite: NodeAlgorithmSuite,
) => SignatureKey
type VerificationKeyClass = new (publicKey: KeyObject, suite: NodeAlgorithmSuite) => VerificationKey

interface KeyClasses {
  readonly SignatureKey: SignatureKeyClass
  readonly VerificationKey: VerificationKeyClass
}

let keyClasses: KeyClasses | undefined

/**
 * The classes that materials check their keys by. AWS's package keeps them to itself, so they are taken, once, from
 * materials that its default manager made. They hold KeyObjects as they are; given bytes, they convert to PEM, which
 * takes longer than the signature.
 */
function keyClassesOf(keyring: KeyringNode, suite: NodeAlgorithmSuite): KeyClasses {
  if (keyClasses === undefined) {
    const manager = new NodeDefaultCryptographicMaterialsManager(keyring)
    const encryption = manager._initializeEncryptionMaterial(suite, {})
    const decryption = manager._initializeDecryptionMaterial(suite, encryption.encryptionContext)
    keyClasses = {
      SignatureKey: Object.getPrototypeOf(encryption.signatureKey).constructor,
      VerificationKey: Object.getPrototypeOf(decryption.verificationKey).constructor,
    }
  }
  return keyClasses
}

/** New materials for `keyring` to fill (framework/default-cmm.md#get-encryption-materials). */
export async function newEncryptionMaterial(
  keyring: KeyringNode,
  { signature }: AlgorithmSuite,
  suite: NodeAlgorithmSuite,
  context: EncryptionContext,
): Promise<NodeEncryptionMaterial> {
  if (signature === undefined) return new NodeEncryptionMaterial(suite, context)
  const { privateKey, compressedPoint } = await generateSigningKey(signature.curve)
  const { SignatureKey } = keyClassesOf(keyring, suite)
  return new NodeEncryptionMaterial(suite, {
    ...context,
    [publicKeyContextKey]: compressedPoint.toString('base64'),
  }).setSignatureKey(new SignatureKey(privateKey, compressedPoint, suite))
}

/**
 * New materials for `keyring` to unwrap a data key into (framework/default-cmm.md#decrypt-materials). Throws
 * SIGNATURE_INVALID, MESSAGE_NOT_CANONICAL.
 */
export function newDecryptionMaterial(
  keyring: KeyringNode,
  { signature }: AlgorithmSuite,
  suite: NodeAlgorithmSuite,
  context: EncryptionContext,
): NodeDecryptionMaterial {
  const material = new NodeDecryptionMaterial(suite, context)
  if (signature === undefined) {
    if (publicKeyContextKey in context) {
      throw new EnvelopeError(
        'MESSAGE_NOT_CANONICAL',
        'The message has a public key but its suite signs nothing',
      )
    }
    return material
  }
  const publicKey = publicKeyInContext(signature.curve, context)
  const { VerificationKey } = keyClassesOf(keyring, suite)
  return material.setVerificationKey(new VerificationKey(publicKey, suite))
}
