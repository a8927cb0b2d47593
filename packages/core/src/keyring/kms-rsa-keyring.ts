import { constants, createHash, publicEncrypt, timingSafeEqual, type KeyObject } from 'node:crypto'
import type { KeyringNode, NodeAlgorithmSuite } from '@aws-crypto/material-management-node'
import { DecryptCommand } from '@aws-sdk/client-kms'
import { KeyringError } from '../errors.js'
import { ownAwsClasses } from '../materials/aws-classes.js'
import { customKeyring } from './keyring-from.js'
import { onlyOpens, type UnwrapRequest } from './keyring-from-options.js'
import { namesSameKmsKey, parseKmsKeyArn } from './kms-key-arn.js'
import { kmsKey, type KmsKey, type KmsKeyOptions } from './kms-key.js'
import { rsaPublicKey } from './rsa-keys.js'

/** framework/aws-kms/aws-kms-rsa-keyring.md#supported-padding-schemes; the hash is that of MGF1, too. */
const hashes = { RSAES_OAEP_SHA_1: 'sha1', RSAES_OAEP_SHA_256: 'sha256' } as const

export type KmsRsaEncryptionAlgorithm = keyof typeof hashes

export interface KmsRsaKeyringOptions extends KmsKeyOptions {
  readonly encryptionAlgorithm: KmsRsaEncryptionAlgorithm
  /**
   * Seals, without a call: the key's public key, PEM (SubjectPublicKeyInfo) or a KeyObject. Nobody checks that it is that of
   * `keyId`: with another one, nobody can open. Left out: the keyring only opens.
   */
  readonly publicKey?: string | KeyObject | undefined
}

const providerId = 'aws-kms-rsa'

/** framework/aws-kms/aws-kms-rsa-keyring.md#encryption-context-digest */
const digestOf = (serializedContext: Uint8Array): Buffer =>
  createHash('sha384').update(serializedContext).digest()
const digestLength = 48

/** framework/aws-kms/aws-kms-rsa-keyring.md#security-considerations */
function checkUnsigned({ signatureCurve }: NodeAlgorithmSuite): void {
  if (signatureCurve === undefined) return
  throw new KeyringError('SUITE_REFUSED', 'A KMS RSA keyring works with unsigned algorithm suites only')
}

async function unwrapByKms(
  key: KmsKey,
  EncryptionAlgorithm: KmsRsaEncryptionAlgorithm,
  { ciphertext, serializedContext }: UnwrapRequest,
): Promise<Uint8Array> {
  const { KeyId, Plaintext } = await key.call('DATA_KEY_NOT_UNWRAPPED', 'Decrypt', (client) =>
    client.send(new DecryptCommand({ ...key.request, CiphertextBlob: ciphertext, EncryptionAlgorithm })),
  )
  if (KeyId !== key.keyId || Plaintext === undefined) {
    Plaintext?.fill(0)
    throw new Error('KMS answered for another key')
  }
  const digest = Plaintext.subarray(0, digestLength)
  // What is too short for a digest has no data key either.
  if (digest.byteLength === digestLength && timingSafeEqual(digest, digestOf(serializedContext)))
    return Plaintext.subarray(digestLength)
  Plaintext.fill(0)
  throw new Error('The data key was wrapped with another encryption context')
}

/**
 * A keyring for an RSA key pair of AWS KMS (framework/aws-kms/aws-kms-rsa-keyring.md): seals with the public key and without
 * a call, opens by KMS. A digest of the encryption context is wrapped with the data key. Opens what a replica of a
 * multi-Region key is named for. Whoever has the public key can seal, so signed suites are refused: SUITE_REFUSED. Throws
 * KEYRING_INVALID; opening fails with DATA_KEY_NOT_UNWRAPPED, whose `cause` is what KMS said.
 */
export function kmsRsaKeyring(options: KmsRsaKeyringOptions): KeyringNode {
  const { encryptionAlgorithm } = options
  if (!Object.hasOwn(hashes, encryptionAlgorithm)) {
    const known = Object.keys(hashes).join(' or ')
    throw new KeyringError('KEYRING_INVALID', `encryptionAlgorithm must be ${known}`)
  }
  const key = kmsKey(options)
  const publicKey = rsaPublicKey(options.publicKey)
  const providerInfo = Buffer.from(key.keyId)
  const wrapUnder = (keyObject: KeyObject, dataKey: Uint8Array, serializedContext: Uint8Array): Buffer => {
    const plaintext = Buffer.concat([digestOf(serializedContext), dataKey])
    try {
      return publicEncrypt(
        {
          key: keyObject,
          padding: constants.RSA_PKCS1_OAEP_PADDING,
          oaepHash: hashes[encryptionAlgorithm],
        },
        plaintext,
      )
    } finally {
      plaintext.fill(0)
    }
  }
  const isMine = (info: Uint8Array): boolean => {
    const named = Buffer.from(info).toString('utf8')
    return parseKmsKeyArn(named) !== undefined && namesSameKmsKey(key.keyId, named)
  }
  return customKeyring({
    className: 'KmsRsaKeyring',
    kind: providerId,
    shown: { keyId: key.keyId, encryptionAlgorithm },
    providerId,
    opens: new Set([providerId]),
    classes: ownAwsClasses(),
    wrap:
      publicKey === undefined
        ? onlyOpens
        : ({ dataKey, serializedContext }, suite) => {
            checkUnsigned(suite)
            return { providerInfo, ciphertext: wrapUnder(publicKey, dataKey, serializedContext) }
          },
    async unwrap(request, suite) {
      if (!isMine(request.providerInfo)) return null
      checkUnsigned(suite)
      return unwrapByKms(key, encryptionAlgorithm, request)
    },
  })
}
