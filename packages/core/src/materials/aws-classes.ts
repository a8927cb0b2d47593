import type { KeyObject } from 'node:crypto'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import * as own from '@aws-crypto/material-management-node'
import type {
  NodeAlgorithmSuite,
  NodeDecryptionMaterial,
  NodeEncryptionMaterial,
} from '@aws-crypto/material-management-node'

type SignatureKey = NonNullable<NodeEncryptionMaterial['signatureKey']>
type VerificationKey = NonNullable<NodeDecryptionMaterial['verificationKey']>

/**
 * The classes of one installed copy of AWS's materials package. A keyring takes only objects of its own copy: the
 * `instanceof` gates are inside it.
 */
export interface AwsClasses {
  readonly KeyringNode: typeof own.KeyringNode
  readonly MultiKeyringNode: typeof own.MultiKeyringNode
  readonly NodeAlgorithmSuite: typeof own.NodeAlgorithmSuite
  readonly NodeEncryptionMaterial: typeof own.NodeEncryptionMaterial
  readonly NodeDecryptionMaterial: typeof own.NodeDecryptionMaterial
  readonly EncryptedDataKey: typeof own.EncryptedDataKey
  // They hold KeyObjects as they are; given bytes, they convert to PEM, which takes longer than the signature.
  // client-node, for its part, signs with PEM only.
  readonly SignatureKey: new (
    privateKey: KeyObject | string,
    compressedPoint: Uint8Array,
    suite: NodeAlgorithmSuite,
  ) => SignatureKey
  readonly VerificationKey: new (publicKey: KeyObject, suite: NodeAlgorithmSuite) => VerificationKey
}

class NoKeyring extends own.KeyringNode {
  _onEncrypt(material: NodeEncryptionMaterial): Promise<NodeEncryptionMaterial> {
    return Promise.resolve(material)
  }

  _onDecrypt(material: NodeDecryptionMaterial): Promise<NodeDecryptionMaterial> {
    return Promise.resolve(material)
  }
}

let ownClasses: AwsClasses | undefined

/** The copy that this package imports. */
export function ownAwsClasses(): AwsClasses {
  if (ownClasses === undefined) {
    // material-management-node keeps the two key classes to itself: they are taken from materials that it made.
    const suite = new own.NodeAlgorithmSuite(
      own.AlgorithmSuiteIdentifier.ALG_AES128_GCM_IV12_TAG16_HKDF_SHA256_ECDSA_P256,
    )
    const manager = new own.NodeDefaultCryptographicMaterialsManager(new NoKeyring())
    const encryption = manager._initializeEncryptionMaterial(suite, {})
    const decryption = manager._initializeDecryptionMaterial(suite, encryption.encryptionContext)
    ownClasses = {
      ...own,
      SignatureKey: Object.getPrototypeOf(encryption.signatureKey).constructor,
      VerificationKey: Object.getPrototypeOf(decryption.verificationKey).constructor,
    }
  }
  return ownClasses
}

const classNames = [
  'KeyringNode',
  'MultiKeyringNode',
  'NodeAlgorithmSuite',
  'NodeEncryptionMaterial',
  'NodeDecryptionMaterial',
  'EncryptedDataKey',
  'SignatureKey',
  'VerificationKey',
] as const satisfies readonly (keyof AwsClasses)[]

function isCopy(exports: unknown): exports is AwsClasses {
  if (typeof exports !== 'object' || exports === null) return false
  const found: Partial<Record<string, unknown>> = exports
  return classNames.every((name) => typeof found[name] === 'function')
}

/** Other copies that are loaded; AWS's packages are CommonJS, so all of them are in that cache. */
function* loadedCopies(): Generator<AwsClasses> {
  // Any path gives the same cache; that of this file isn't known in a bundle.
  const { cache } = createRequire(join(process.cwd(), 'any.js'))
  for (const [path, module] of Object.entries(cache)) {
    // oxlint-disable-next-line typescript/no-unsafe-assignment -- a module's exports are anything
    const exports: unknown = module?.exports
    if (/[\\/]material-management[\\/]/.test(path) && isCopy(exports)) yield exports
  }
}

const classesByPrototype = new WeakMap<object, AwsClasses>()

/** Among the loaded copies, the one whose class `value` is of. */
function copyOf(value: object, className: 'KeyringNode' | 'NodeAlgorithmSuite'): AwsClasses | undefined {
  const prototype: object = Object.getPrototypeOf(value)
  const known = classesByPrototype.get(prototype)
  if (known !== undefined) return known
  for (const classes of loadedCopies()) {
    if (value instanceof classes[className]) {
      classesByPrototype.set(prototype, classes)
      return classes
    }
  }
  return undefined
}

/** The copy whose KeyringNode `keyring` is; `undefined` when no loaded module has it, as in a bundle. */
export function classesOfKeyring(keyring: object): AwsClasses | undefined {
  return keyring instanceof own.KeyringNode ? ownAwsClasses() : copyOf(keyring, 'KeyringNode')
}

/** Likewise of an algorithm suite. */
export function classesOfSuite(suite: object): AwsClasses | undefined {
  return suite instanceof own.NodeAlgorithmSuite ? ownAwsClasses() : copyOf(suite, 'NodeAlgorithmSuite')
}

/** What AWS's own managers keep their keyring or backing manager in. */
const innerNames = ['keyring', '_backingMaterialsManager'] as const
const maxDepth = 8

function looksLikeKeyring(value: object): boolean {
  return 'onEncrypt' in value && 'onDecrypt' in value
}

/** By a method of AWS's default manager: a user's manager may call anything of its own `keyring`. */
function isDefaultManager(value: object): boolean {
  return '_initializeDecryptionMaterial' in value
}

function findClassesOfManager(manager: object): AwsClasses | undefined {
  let holder = manager
  for (let depth = 0; depth < maxDepth; depth += 1) {
    const inner: unknown = innerNames
      .map((name): unknown => Reflect.get(holder, name))
      .find((value) => typeof value === 'object' && value !== null)
    if (typeof inner !== 'object' || inner === null) break
    const classes = classesOfKeyring(inner)
    if (classes !== undefined) return classes
    if (isDefaultManager(holder) && looksLikeKeyring(inner)) return undefined
    holder = inner
  }
  return ownAwsClasses()
}

const classesByManager = new WeakMap<object, AwsClasses | undefined>()

/**
 * The copy that a materials manager wants its arguments from: that of the keyring which AWS's managers hold, however
 * deep; our own for a manager that is not AWS's. `undefined` when no loaded module has that copy, as in a bundle.
 */
export function classesOfManager(manager: object): AwsClasses | undefined {
  if (classesByManager.has(manager)) return classesByManager.get(manager)
  const classes = findClassesOfManager(manager)
  classesByManager.set(manager, classes)
  return classes
}

const suites = new WeakMap<AwsClasses, Map<number, NodeAlgorithmSuite>>()

/** AWS's object for a suite. It is immutable, and one serves all messages. */
export function awsSuite(classes: AwsClasses, id: number): NodeAlgorithmSuite {
  let known = suites.get(classes)
  if (known === undefined) suites.set(classes, (known = new Map()))
  let suite = known.get(id)
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enum's members are the specification's ids
  if (suite === undefined) known.set(id, (suite = new classes.NodeAlgorithmSuite(id)))
  return suite
}
