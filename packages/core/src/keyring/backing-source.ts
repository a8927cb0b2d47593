import type { KeyringNode, NodeMaterialsManager } from '@aws-crypto/material-management-node'
import { KeyringError } from '../errors.js'
import { checkSource, type MaterialsSource } from '../materials/materials-source.js'

/** What a materials manager asks: a keyring, by way of the default materials manager, or another manager. */
export type BackingOptions =
  | { readonly keyring: KeyringNode; readonly manager?: never }
  | { readonly manager: NodeMaterialsManager; readonly keyring?: never }

/** Throws KEYRING_INVALID. */
export function backingSource({ keyring, manager }: BackingOptions): MaterialsSource {
  if (keyring !== undefined && manager !== undefined) {
    throw new KeyringError('KEYRING_INVALID', 'Give one of keyring and manager')
  }
  const source: unknown = keyring ?? manager
  checkSource(source)
  return source
}
