import type { EncryptedDataKey } from '@aws-crypto/material-management-node'
import { EnvelopeError, KeyringError } from '../errors.js'
import { awsSuite, type AwsClasses } from './aws-classes.js'
import { encryptedDataKey, fromDecryptionMaterial, newDecryptionMaterial } from './aws-materials.js'
import type { DataKeyEntry } from './data-key-entry.js'
import { publicKeyContextKey } from './encryption-context.js'
import { directKeyring, directManager } from './materials.js'
import type { DecryptionMaterials, DecryptionRequest, DirectKeyring } from './materials.js'
import { askable, failure, isDirectKeyring, isDirectManager, known } from './materials-source.js'
import type { AskedKeyring, AskedManager, MaterialsSource } from './materials-source.js'
import { printable } from './printable.js'
import { publicKeyInContext } from './signing-keys.js'
import { unwrapDataKey } from './unwrap-data-key.js'

function noDataKey(dataKeys: readonly DataKeyEntry[]): KeyringError {
  const providers = [...new Set(dataKeys.map((key) => printable(Buffer.from(key.providerId))))]
  return new KeyringError(
    'NO_DATA_KEY',
    `No data key of this message is for this keyring (their providers: ${providers.join(', ')})`,
  )
}

function awsDataKeys(classes: AwsClasses, dataKeys: readonly DataKeyEntry[]): EncryptedDataKey[] {
  return dataKeys.map((key) => encryptedDataKey(classes, key)).filter((key) => key !== undefined)
}

async function askManagerToDecrypt(
  { manager, classes }: AskedManager,
  { suite, encryptionContext, dataKeys }: DecryptionRequest,
): Promise<DecryptionMaterials> {
  let material
  try {
    material = await manager.decryptMaterials({
      suite: awsSuite(known(classes), suite.id),
      encryptionContext,
      encryptedDataKeys: awsDataKeys(known(classes), dataKeys),
    })
  } catch (error) {
    throw failure('DATA_KEY_NOT_UNWRAPPED', error)
  }
  if (!material.hasUnencryptedDataKey) throw noDataKey(dataKeys)
  return fromDecryptionMaterial(material)
}

// framework/default-cmm.md#decrypt-materials
function verificationKeyFor({ suite, encryptionContext }: DecryptionRequest) {
  if (suite.signature !== undefined) return publicKeyInContext(suite.signature.curve, encryptionContext)
  if (publicKeyContextKey in encryptionContext) {
    throw new EnvelopeError(
      'MESSAGE_NOT_CANONICAL',
      'The message has a public key but its suite signs nothing',
    )
  }
  return undefined
}

function unwrapDirectly(keyring: DirectKeyring, request: DecryptionRequest): DecryptionMaterials {
  const { suite, encryptionContext, dataKeys } = request
  const verificationKey = verificationKeyFor(request)
  const dataKey = keyring[directKeyring].unwrap(suite, encryptionContext, dataKeys)
  if (dataKey === undefined) throw noDataKey(dataKeys)
  return { suite, dataKey, verificationKey, release: () => void dataKey.fill(0) }
}

async function askKeyringToDecrypt(
  { keyring, classes }: AskedKeyring,
  request: DecryptionRequest,
): Promise<DecryptionMaterials> {
  const { suite, encryptionContext, dataKeys } = request
  const material = newDecryptionMaterial(classes, suite, encryptionContext, verificationKeyFor(request))
  try {
    await unwrapDataKey(classes, keyring, material, awsDataKeys(classes, dataKeys))
  } catch (error) {
    material.zeroUnencryptedDataKey()
    throw failure('DATA_KEY_NOT_UNWRAPPED', error)
  }
  if (!material.hasUnencryptedDataKey) throw noDataKey(dataKeys)
  return fromDecryptionMaterial(material)
}

function askToDecrypt(
  source: MaterialsSource,
  request: DecryptionRequest,
): DecryptionMaterials | Promise<DecryptionMaterials> {
  const asked = askable(source, 'decryptMaterials')
  if ('keyring' in asked) {
    return isDirectKeyring(asked.keyring)
      ? unwrapDirectly(asked.keyring, request)
      : askKeyringToDecrypt(asked, request)
  }
  if (isDirectManager(asked.manager)) return asked.manager[directManager].decrypt(request)
  return askManagerToDecrypt(asked, request)
}

function checkSuite(materials: DecryptionMaterials, { suite }: DecryptionRequest): DecryptionMaterials {
  if (materials.suite === suite) return materials
  materials.release()
  throw new KeyringError('KEYRING_INVALID', 'The materials are for another suite')
}

/**
 * framework/cmm-interface.md#decrypt-materials, likewise. Throws KEYRING_INVALID, DATA_KEY_NOT_UNWRAPPED (`cause` is
 * what the keyring threw), NO_DATA_KEY (no data key of the message is this keyring's), SIGNATURE_INVALID,
 * MESSAGE_NOT_CANONICAL (the public key in the context).
 */
export function decryptionMaterials(
  source: MaterialsSource,
  request: DecryptionRequest,
): DecryptionMaterials | Promise<DecryptionMaterials> {
  const asked = askToDecrypt(source, request)
  return asked instanceof Promise
    ? asked.then((materials) => checkSuite(materials, request))
    : checkSuite(asked, request)
}
