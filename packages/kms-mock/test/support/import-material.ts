import { constants, createCipheriv, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import { ExpiredImportTokenException } from '@aws-sdk/client-kms'
import type {
  AlgorithmSpec,
  ImportKeyMaterialCommandInput,
  ImportKeyMaterialCommandOutput,
  KMS,
  WrappingKeySpec,
} from '@aws-sdk/client-kms'
import { opensslOutput } from './openssl.js'

/** How a customer wraps key material (KMS Developer Guide, "Step 3: Encrypt the key material"). */
export type Wrap = (material: Buffer, publicKey: Uint8Array) => Buffer

const oaep =
  (oaepHash: string): Wrap =>
  (material, publicKey) =>
    publicEncrypt(
      {
        key: createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' }),
        padding: constants.RSA_PKCS1_OAEP_PADDING,
        oaepHash,
      },
      material,
    )

const aesKeyWrap =
  (oaepHash: string): Wrap =>
  (material, publicKey) => {
    const aesKey = randomBytes(32)
    // RFC 5649, section 3: the constant of AES key wrap with padding.
    const cipher = createCipheriv('id-aes256-wrap-pad', aesKey, Buffer.from('a65959a6', 'hex'))
    const wrapped = Buffer.concat([cipher.update(material), cipher.final()])
    return Buffer.concat([oaep(oaepHash)(aesKey, publicKey), wrapped])
  }

const sm2: Wrap = (material, publicKey) =>
  opensslOutput(['pkeyutl', '-encrypt', '-pubin', '-keyform', 'DER', '-inkey', '$key', '-in', '$material'], {
    key: publicKey,
    material,
  })

/** Each wrapping algorithm, by OpenSSL and node:crypto. */
export const wraps = {
  RSAES_OAEP_SHA_1: oaep('sha1'),
  RSAES_OAEP_SHA_256: oaep('sha256'),
  RSA_AES_KEY_WRAP_SHA_1: aesKeyWrap('sha1'),
  RSA_AES_KEY_WRAP_SHA_256: aesKeyWrap('sha256'),
  SM2PKE: sm2,
} as const satisfies Partial<Record<AlgorithmSpec, Wrap>>

/** Parameters for import, and how to wrap for them. */
export interface ImportParameters {
  readonly ImportToken: Uint8Array
  readonly ParametersValidTo: Date
  readonly wrap: (material: Buffer) => Buffer
}

/** Asks for the parameters of an import. */
export const parametersForImport = async (
  kms: KMS,
  KeyId: string,
  WrappingAlgorithm: keyof typeof wraps = 'RSAES_OAEP_SHA_256',
  wrappingKeySpec: WrappingKeySpec = 'RSA_2048',
): Promise<ImportParameters> => {
  const { ImportToken, PublicKey, ParametersValidTo } = await kms.getParametersForImport({
    KeyId,
    WrappingAlgorithm,
    WrappingKeySpec: wrappingKeySpec,
  })
  return {
    ImportToken: ImportToken!,
    ParametersValidTo: ParametersValidTo!,
    wrap: (material) => wraps[WrappingAlgorithm](material, PublicKey!),
  }
}

/** What each client was given for each key: to make a wrapping key takes longer than all else of an import. */
const given = new WeakMap<KMS, Map<string, ImportParameters>>()

/**
 * Imports material that does not expire, unless the request says otherwise. One set of wrapping key and token serves
 * all imports into a key, for the 24 hours that it is valid (API Reference, GetParametersForImport).
 */
export const importMaterial = async (
  kms: KMS,
  KeyId: string,
  material: Buffer,
  request: Partial<ImportKeyMaterialCommandInput> = {},
): Promise<ImportKeyMaterialCommandOutput> => {
  const known = given.get(kms) ?? new Map<string, ImportParameters>()
  given.set(kms, known)
  const bring = async (parameters: ImportParameters): Promise<ImportKeyMaterialCommandOutput> => {
    known.set(KeyId, parameters)
    const { ImportToken, wrap } = parameters
    return kms.importKeyMaterial({
      KeyId,
      ImportToken,
      EncryptedKeyMaterial: wrap(material),
      ...(request.ValidTo === undefined && { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }),
      ...request,
    })
  }
  const earlier = known.get(KeyId)
  if (earlier !== undefined) {
    try {
      return await bring(earlier)
    } catch (error) {
      if (!(error instanceof ExpiredImportTokenException)) throw error
    }
  }
  return bring(await parametersForImport(kms, KeyId))
}
