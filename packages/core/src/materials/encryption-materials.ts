import type { KeyObject } from 'node:crypto'
import type { NodeMaterialsManager } from '@aws-crypto/material-management-node'
import { KeyringError } from '../errors.js'
import { awsSuite } from './aws-classes.js'
import { fromEncryptionMaterial, newEncryptionMaterial } from './aws-materials.js'
import { publicKeyContextKey, serializeContext, storedContext } from './encryption-context.js'
import type { EncryptionContext } from './encryption-context.js'
import { checkAlone } from './lone-data-key.js'
import { directKeyring, directManager } from './materials.js'
import type { DirectKeyring, EncryptionMaterials, EncryptionRequest } from './materials.js'
import { askable, failure, isDirectKeyring, isDirectManager, known } from './materials-source.js'
import type { AskedKeyring, AskedManager, MaterialsSource } from './materials-source.js'
import { generateSigningKey, type Curve } from './signing-keys.js'

async function askManagerToEncrypt(
  { manager, classes }: AskedManager,
  request: EncryptionRequest,
): Promise<EncryptionMaterials> {
  const { encryptionContext, plaintextLength, commitmentPolicy, requiredContextKeys } = request
  if (requiredContextKeys.length > 0) {
    // Its materials have no place for them, so that they would be stored in the header.
    throw new KeyringError(
      'KEYRING_INVALID',
      'This materials manager knows no required encryption context keys',
    )
  }
  // Too long a context is the caller's mistake, not the keyring's.
  serializeContext(encryptionContext)
  let material
  try {
    material = await manager.getEncryptionMaterials({
      ...(request.suiteAsked ? { suite: awsSuite(known(classes), request.suite.id) } : {}),
      encryptionContext,
      ...(plaintextLength === undefined ? {} : { plaintextLength }),
      commitmentPolicy,
    })
  } catch (error) {
    throw failure('DATA_KEY_NOT_WRAPPED', error)
  }
  return usable(material, requiredContextKeys)
}

function usable(
  material: Awaited<ReturnType<NodeMaterialsManager['getEncryptionMaterials']>>,
  requiredContextKeys: readonly string[],
): EncryptionMaterials {
  if (!material.hasUnencryptedDataKey || material.encryptedDataKeys.length === 0) {
    material.zeroUnencryptedDataKey()
    throw new KeyringError(
      'NO_DATA_KEY',
      'The keyring gave no encrypted data key: nobody could open the message',
    )
  }
  try {
    checkAlone(material, material.encryptedDataKeys.length)
  } catch (error) {
    material.zeroUnencryptedDataKey()
    throw error
  }
  return fromEncryptionMaterial(material, requiredContextKeys)
}

/** What signs a message, and the context that carries its public key (framework/default-cmm.md#get-encryption-materials). */
async function withSigningKey(request: EncryptionRequest, curve: Curve) {
  const signing = await generateSigningKey(curve)
  const publicKey = signing.compressedPoint.toString('base64')
  return { signing, encryptionContext: { ...request.encryptionContext, [publicKeyContextKey]: publicKey } }
}

function askDirectly(
  keyring: DirectKeyring,
  { suite, requiredContextKeys }: EncryptionRequest,
  encryptionContext: EncryptionContext,
  signingKey: KeyObject | undefined,
): EncryptionMaterials {
  const stored = storedContext(encryptionContext, requiredContextKeys)
  const all = requiredContextKeys.length === 0 ? stored : serializeContext(encryptionContext)
  const { dataKey, encryptedDataKeys } = keyring[directKeyring].generate(suite, all)
  return {
    suite,
    encryptionContext,
    requiredContextKeys,
    storedContext: stored,
    dataKey,
    encryptedDataKeys,
    signingKey,
    release: () => void dataKey.fill(0),
  }
}

async function askKeyringToEncrypt(
  { keyring, classes }: AskedKeyring,
  request: EncryptionRequest,
): Promise<EncryptionMaterials> {
  const { suite, requiredContextKeys } = request
  const { signing, encryptionContext } =
    suite.signature === undefined
      ? { signing: undefined, encryptionContext: request.encryptionContext }
      : await withSigningKey(request, suite.signature.curve)
  if (isDirectKeyring(keyring)) {
    return askDirectly(keyring, request, encryptionContext, signing?.privateKey)
  }
  serializeContext(encryptionContext)
  const material = newEncryptionMaterial(classes, suite, encryptionContext, signing)
  try {
    await keyring.onEncrypt(material)
  } catch (error) {
    material.zeroUnencryptedDataKey()
    throw failure('DATA_KEY_NOT_WRAPPED', error)
  }
  return usable(material, requiredContextKeys)
}

/**
 * framework/cmm-interface.md#get-encryption-materials. At once where nothing has to be waited for: a promise costs
 * more than parsing a header. Throws KEYRING_INVALID, DATA_KEY_NOT_WRAPPED (`cause` is what the keyring threw),
 * NO_DATA_KEY, INVALID_CONTEXT.
 */
export function encryptionMaterials(
  source: MaterialsSource,
  request: EncryptionRequest,
): EncryptionMaterials | Promise<EncryptionMaterials> {
  const asked = askable(source, 'getEncryptionMaterials')
  if ('keyring' in asked) {
    return isDirectKeyring(asked.keyring) && request.suite.signature === undefined
      ? askDirectly(asked.keyring, request, request.encryptionContext, undefined)
      : askKeyringToEncrypt(asked, request)
  }
  if (isDirectManager(asked.manager)) return asked.manager[directManager].encrypt(request)
  return askManagerToEncrypt(asked, request)
}
