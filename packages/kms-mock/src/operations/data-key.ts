import type { EncryptionContext } from '../encryption-context.js'
import { validationError } from '../errors.js'
import { keyArn } from '../state/arn.js'
import { cryptographicKey } from './cryptographic-key.js'
import { encryptPlaintext } from './encrypt-plaintext.js'
import type { OperationContext } from './operation.js'
import { endDryRun } from './end-dry-run.js'
import { requireSymmetric } from './require-usage.js'

/** What both data key operations ask for. */
export interface DataKeyRequest {
  KeyId: string
  EncryptionContext?: EncryptionContext
  NumberOfBytes?: number
  KeySpec?: 'AES_256' | 'AES_128'
  DryRun?: boolean
}

/** A data key in both forms; `Plaintext` is the caller's to wipe or to hand out. */
export interface DataKey {
  CiphertextBlob: Buffer
  Plaintext: Buffer
  KeyId: string
  KeyMaterialId: string
}

const sizes = { AES_256: 32, AES_128: 16 } as const

const sizeOf = ({ NumberOfBytes, KeySpec }: DataKeyRequest): number => {
  const size = KeySpec === undefined ? NumberOfBytes : sizes[KeySpec]
  if (size === undefined || (KeySpec !== undefined && NumberOfBytes !== undefined)) {
    throw validationError('Please specify either number of bytes or key spec.')
  }
  return size
}

/** Makes a data key (API Reference, GenerateDataKey). */
export const makeDataKey = (request: DataKeyRequest, context: OperationContext): DataKey => {
  const size = sizeOf(request)
  const key = cryptographicKey(request.KeyId, 'ENCRYPT_DECRYPT', context)
  requireSymmetric(key, context.operation)
  endDryRun(request.DryRun)
  const plaintext = context.keySource.random(size)
  const { ciphertext, materialId } = encryptPlaintext(
    key,
    plaintext,
    request.EncryptionContext,
    context.keySource,
  )
  return { CiphertextBlob: ciphertext, Plaintext: plaintext, KeyId: keyArn(key), KeyMaterialId: materialId }
}
