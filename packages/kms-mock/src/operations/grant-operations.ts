import { keySpecs } from '../cryptography/key-specs.js'
import type { KeySpecRow, KeyUsage } from '../cryptography/key-specs.js'
import { validationError } from '../errors.js'
import { keyArn } from '../state/arn.js'
import type { KmsKey } from '../state/key.js'

const always = ['CreateGrant', 'DescribeKey', 'RetireGrant']
const dataKeys = [
  'GenerateDataKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateDataKeyWithoutPlaintext',
]

/** The grant operations of keys of each usage, in the table of the developer guide, "Grant operations". */
const byUsage: Readonly<Record<KeyUsage, readonly string[]>> = {
  ENCRYPT_DECRYPT: ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo'],
  SIGN_VERIFY: ['Sign', 'Verify'],
  GENERATE_VERIFY_MAC: ['GenerateMac', 'VerifyMac'],
  KEY_AGREEMENT: ['DeriveSharedSecret'],
  ENCAPSULATE_DECAPSULATE: ['Encapsulate', 'Decapsulate'],
}

const isSupported = ({ keySpec, keyUsage }: KmsKey, operation: string): boolean => {
  const { asymmetric }: KeySpecRow = keySpecs[keySpec]
  return (
    always.includes(operation) ||
    byUsage[keyUsage].includes(operation) ||
    (asymmetric && operation === 'GetPublicKey') ||
    (keySpec === 'SYMMETRIC_DEFAULT' && dataKeys.includes(operation))
  )
}

/**
 * Refuses operations that no grant on this key can allow (API Reference, CreateGrant, "Operations").
 * @throws KmsError ValidationException
 */
export const checkGrantOperations = (key: KmsKey, operations: readonly string[]): void => {
  if (operations.length === 0) throw validationError('Grants must contain at least one operation.')
  if (operations.every((operation) => operation === 'CreateGrant')) {
    throw validationError('Grants must not contain only the CreateGrant operation.')
  }
  const unsupported = operations.filter((operation) => !isSupported(key, operation))
  if (unsupported.length > 0) {
    throw validationError(
      `Grant operations [${unsupported.join(', ')}] are not valid for ${keyArn(key)}: its key spec is ${key.keySpec} and its key usage ${key.keyUsage}.`,
    )
  }
}
