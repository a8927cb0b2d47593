import type { KeyringNode, NodeMaterialsManager } from '@aws-crypto/material-management-node'
import { InputError, KeyringError } from '../errors.js'
import { classesOfKeyring, classesOfManager, type AwsClasses } from './aws-classes.js'
import { directKeyring, directManager, type DirectKeyring, type DirectManager } from './materials.js'

/** Where data keys come from: any keyring or materials manager made for `@aws-crypto/client-node`. */
export type MaterialsSource = KeyringNode | NodeMaterialsManager

/** client-node asks no more of a manager than what is needed of it. */
export type ManagerMethod = 'getEncryptionMaterials' | 'decryptMaterials'

function isManager(source: object, method: ManagerMethod): source is NodeMaterialsManager {
  return method in source && typeof Reflect.get(source, method) === 'function'
}

/** A manager that wants objects of AWS's classes wants those of its own copy. Throws KEYRING_INVALID. */
export function known(classes: AwsClasses | undefined): AwsClasses {
  if (classes === undefined) throw unknownCopy('materials manager')
  return classes
}

export interface AskedKeyring {
  readonly keyring: KeyringNode
  readonly classes: AwsClasses
}
export interface AskedManager {
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
export function askable(source: unknown, method: ManagerMethod): AskedKeyring | AskedManager {
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

export function isDirectKeyring(source: object): source is DirectKeyring {
  return directKeyring in source
}

export function isDirectManager(source: object): source is DirectManager {
  return directManager in source
}

export function failure(
  code: 'DATA_KEY_NOT_WRAPPED' | 'DATA_KEY_NOT_UNWRAPPED',
  cause: unknown,
): KeyringError | InputError {
  if (cause instanceof KeyringError || cause instanceof InputError) return cause
  const what = code === 'DATA_KEY_NOT_WRAPPED' ? 'wrap a data key' : 'unwrap a data key of this message'
  return new KeyringError(code, `The keyring could not ${what}`, { cause })
}
