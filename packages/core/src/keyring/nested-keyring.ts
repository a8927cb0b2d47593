import type { KeyringNode } from '@aws-crypto/material-management-node'
import type { DataKeysToUnwrap } from './member.js'

/** A keyring that is asked on behalf of one that holds it, and with what. */
export interface InnerAttempt {
  readonly keyring: KeyringNode
  /** Among the keyrings of the one that holds it. */
  readonly index: number
  /** Of a threshold keyring: which share, from 0. */
  readonly share?: number
  readonly toUnwrap: DataKeysToUnwrap
}

/** How a keyring that holds others tells `explainKeyring` whom it asks to open a data key. */
export const nestedKeyring: unique symbol = Symbol('nested keyring')

export interface NestedKeyring {
  readonly [nestedKeyring]: {
    /** True when it does more than ask: then it is a row of its own as well. */
    readonly isRow: boolean
    readonly attempts: (toUnwrap: DataKeysToUnwrap) => readonly InnerAttempt[]
  }
}

export function isNestedKeyring(keyring: object): keyring is NestedKeyring {
  return nestedKeyring in keyring
}
