import type { KeySpec } from '../cryptography/key-specs.js'
import { deriveMaterial, generateMaterial, publicKeyOf } from '../cryptography/material.js'
import { drawFrom } from '../key-source.js'
import type { Input } from '../model/input.js'
import { keyArn } from '../state/arn.js'
import type { KmsKey } from '../state/key.js'
import { cryptographicKey } from './cryptographic-key.js'
import { encryptPlaintext } from './encrypt-plaintext.js'
import type { OperationContext } from './operation.js'
import { requireRegion } from './require-region.js'
import { requireSymmetric } from './require-usage.js'

/** What both data key pair operations ask for. */
export type DataKeyPairRequest = Omit<Input<'GenerateDataKeyPair'>, 'Recipient'>

/** A data key pair; the private key (PKCS #8) is the caller's to wipe or to hand out. */
export interface DataKeyPair {
  privateKey: Buffer
  /** SubjectPublicKeyInfo, DER. */
  publicKey: Buffer
}

/** Finds the key that encrypts the private key, and checks all that can be checked before there is one. */
export const checkDataKeyPair = (request: DataKeyPairRequest, context: OperationContext): KmsKey => {
  const key = cryptographicKey(request.KeyId, 'ENCRYPT_DECRYPT', context)
  requireSymmetric(key, context.operation)
  requireRegion(request.KeyPairSpec, context.caller)
  return key
}

/** Makes a key pair; it takes its time for RSA. */
export const makeDataKeyPair = async (
  keyPairSpec: KeySpec,
  { keySource: { ivKey, random } }: OperationContext,
): Promise<DataKeyPair> => {
  // Where outputs follow from the seed, this one does; all of it from what is drawn at once.
  const privateKey = await (ivKey === undefined
    ? generateMaterial(keyPairSpec)
    : deriveMaterial(keyPairSpec, drawFrom(random(32))))
  return { privateKey, publicKey: await publicKeyOf(keyPairSpec, privateKey) }
}

/** All of the answer but the private key in plaintext (API Reference, GenerateDataKeyPair). */
export const encryptDataKeyPair = (
  request: DataKeyPairRequest,
  { privateKey, publicKey }: DataKeyPair,
  context: OperationContext,
): Readonly<Record<string, unknown>> => {
  // Once more: the key's state may have changed while the pair was made.
  const key = checkDataKeyPair(request, context)
  const { ciphertext, materialId } = encryptPlaintext(
    key,
    privateKey,
    request.EncryptionContext,
    context.keySource,
  )
  return {
    PrivateKeyCiphertextBlob: ciphertext,
    PublicKey: publicKey,
    KeyId: keyArn(key),
    KeyPairSpec: request.KeyPairSpec,
    KeyMaterialId: materialId,
  }
}
