import type { KeyringNode } from '@aws-crypto/material-management-node'
import { KeyringError } from '../errors.js'
import type { MissingKey } from '../materials/missing-keys.js'
import { memberOf, type Member } from './member.js'

export interface AnyOfOptions {
  /** The nearest first: they unwrap in this order, and their data keys stand in the message in this order. */
  readonly keyrings: readonly KeyringNode[]
  /** How many of them must have wrapped the data key: 1 to all. So many can be lost later, less one. */
  readonly wrapWith: number
  /** Milliseconds that the others still get once `wrapWith` have wrapped. Default 250. */
  readonly graceMilliseconds?: number
  /** Milliseconds after which a keyring that did not answer is given up. Default 10,000. */
  readonly timeoutMilliseconds?: number
  /** Milliseconds after which the next keyring is asked to unwrap, too; false: only when one failed. Default 250. */
  readonly hedgeAfter?: number | false
  /** Told after each seal. What it throws breaks nothing and becomes a warning of the process (`SEALRING_REPORT`). */
  readonly onReport?: (report: AnyOfReport) => void
}

/** Which keyrings the data keys of one sealed message are of. */
export interface AnyOfReport {
  /** Indexes in `keyrings`, ascending. */
  readonly wrapped: readonly number[]
  readonly missing: readonly MissingKeyring[]
}

export interface MissingKeyring extends MissingKey {
  /** What it threw: a timeout, a network error or throttling. */
  readonly error?: unknown
}

export interface CheckedAnyOf {
  readonly members: readonly Member[]
  readonly wrapWith: number
  readonly grace: number
  readonly timeout: number
  readonly hedgeAfter: number | false
  readonly onReport: ((report: AnyOfReport) => void) | undefined
}

/** The longest that a timer of Node waits. */
const maxMilliseconds = 2 ** 31 - 1

function milliseconds(name: string, value: number, least: number): number {
  if (typeof value !== 'number' || !(value >= least && value <= maxMilliseconds)) {
    throw new KeyringError('KEYRING_INVALID', `${name} must be ${least} to ${maxMilliseconds} milliseconds`)
  }
  return value
}

/** Throws KEYRING_INVALID. */
export function checkedAnyOf(options: AnyOfOptions): CheckedAnyOf {
  const { keyrings, wrapWith, hedgeAfter = 250, onReport } = options
  if (!Array.isArray(keyrings) || keyrings.length === 0 || new Set(keyrings).size < keyrings.length) {
    throw new KeyringError('KEYRING_INVALID', 'anyOf needs keyrings, each once')
  }
  if (!Number.isSafeInteger(wrapWith) || wrapWith < 1 || wrapWith > keyrings.length) {
    throw new KeyringError('KEYRING_INVALID', 'wrapWith must be an integer from 1 to the number of keyrings')
  }
  if (onReport !== undefined && typeof onReport !== 'function') {
    throw new KeyringError('KEYRING_INVALID', 'onReport must be a function')
  }
  return {
    members: keyrings.map((keyring) => memberOf('anyOf', keyring)),
    wrapWith,
    grace: milliseconds('graceMilliseconds', options.graceMilliseconds ?? 250, 0),
    timeout: milliseconds('timeoutMilliseconds', options.timeoutMilliseconds ?? 10_000, 1),
    hedgeAfter: hedgeAfter === false ? false : milliseconds('hedgeAfter', hedgeAfter, 0),
    onReport,
  }
}
