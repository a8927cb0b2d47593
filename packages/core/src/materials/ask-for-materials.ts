import type { KeyObject } from 'node:crypto'
import type {
  EncryptedDataKey,
  KeyringNode,
  NodeMaterialsManager,
} from '@aws-crypto/material-management-node'
import { EnvelopeError, InputError, KeyringError } from '../errors.js'
import { awsSuite, classesOfKeyring, classesOfManager, type AwsClasses } from './aws-classes.js'
import {
  encryptedDataKey,
  fromDecryptionMaterial,
  fromEncryptionMaterial,
  newDecryptionMaterial,
  newEncryptionMaterial,
} from './aws-materials.js'
import type { DataKeyEntry } from './data-key-entry.js'
import { publicKeyContextKey, serializeContext, storedContext } from './encryption-context.js'
import type { EncryptionContext } from './encryption-context.js'
import { directKeyring, directManager } from './materials.js'
import type {
  DecryptionMaterials,
  DecryptionRequest,
  DirectKeyring,
  DirectManager,
  EncryptionMaterials,
  EncryptionRequest,
} from './materials.js'
import { printable } from './printable.js'
import { generateSigningKey, publicKeyInContext, type Curve } from './signing-keys.js'
import { unwrapDataKey } from './unwrap-data-key.js'

/** Where data keys come from: any keyring or materials manager made for `@aws-crypto/client-node`. */
export type MaterialsSource = KeyringNode | NodeMaterialsManager

/** client-node asks no more of a manager than what is needed of it. */
type ManagerMethod = 'getEncryptionMaterials' | 'decryptMaterials'

function isManager(source: object, method: ManagerMethod): source is NodeMaterialsManager {
  return method in source && typeof Reflect.get(source, method) === 'function'
}

/** A manager that wants objects of AWS's classes wants those of its own copy. Throws KEYRING_INVALID. */
function known(classes: AwsClasses | undefined): AwsClasses {
  if (classes === undefined) throw unknownCopy('materials manager')
  return classes
}

interface AskedKeyring {
  readonly keyring: KeyringNode
  readonly classes: AwsClasses
}
interface AskedManager {
  readonly manager: NodeMaterialsManager
  /** `undefined` when no loaded module has them. */
  readonly classes: AwsClasses | undefined
}

function unknownCopy(what: string): KeyringError {
  return new KeyringError(
    'KEYRING_INVALID',
    `The ${what} was made by another copy of @aws-crypto/material-management, which is not among the loaded ` +
      'modules: keep one copy (npm ls, npm dedupe), or leave @aws-crypto/* out of the bundle',
  )
}

/** Which of the two a source is. Throws KEYRING_INVALID. */
function askable(source: unknown, method: ManagerMethod): AskedKeyring | AskedManager {
  if (typeof source === 'object' && source !== null) {
    if (isManager(source, method)) return { manager: source, classes: classesOfManager(source) }
    const classes = classesOfKeyring(source)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an instance of that copy's KeyringNode
    if (classes !== undefined) return { keyring: source as KeyringNode, classes }
    if ('onEncrypt' in source && 'onDecrypt' in source) {
      throw unknownCopy('keyring')
    }
  }
  throw new KeyringError('KEYRING_INVALID', 'A keyring or a materials manager is needed')
}

/** Throws KEYRING_INVALID for what is neither a keyring nor a materials manager that seals. */
export function checkSource(source: unknown): asserts source is MaterialsSource {
  askable(source, 'getEncryptionMaterials')
}

/** The copy of AWS's classes that a source is of. Throws KEYRING_INVALID. */
export function classesOfSource(source: MaterialsSource): AwsClasses {
  const { classes } = askable(source, 'getEncryptionMaterials')
  return known(classes)
}

function isDirectKeyring(source: object): source is DirectKeyring {
  return directKeyring in source
}

function isDirectManager(source: object): source is DirectManager {
  return directManager in source
}

function failure(
  code: 'DATA_KEY_NOT_WRAPPED' | 'DATA_KEY_NOT_UNWRAPPED',
  cause: unknown,
): KeyringError | InputError {
  if (cause instanceof KeyringError || cause instanceof InputError) return cause
  const what = code === 'DATA_KEY_NOT_WRAPPED' ? 'wrap a data key' : 'unwrap a data key of this message'
  return new KeyringError(code, `The keyring could not ${what}`, { cause })
}

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
