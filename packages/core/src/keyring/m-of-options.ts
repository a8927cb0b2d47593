import type { KeyringNode } from '@aws-crypto/material-management-node'
import { KeyringError } from '../errors.js'
import { memberOf, type Member } from './member.js'

export interface MOfOptions {
  /**
   * Each wraps one share, in this order. To open, the order means nothing, and any `threshold` of those that sealed are
   * enough: then say with `shares` how many there were.
   */
  readonly keyrings: readonly KeyringNode[]
  /** How many shares open a message: 2 to the number of shares. */
  readonly threshold: number
  /** How many shares there are: 2 to 32. Default: as many as `keyrings`. With fewer keyrings it only opens. */
  readonly shares?: number
  /**
   * Seal and open messages that another data key opens, too, without the custodians: as a member of a multi-keyring or of
   * `anyOf`. Default false: refused.
   */
  readonly besideOtherDataKeys?: boolean
  /** Milliseconds after which a keyring that did not answer is given up. Default 10,000. */
  readonly timeoutMilliseconds?: number
  /** Milliseconds after which one more share than `threshold` is opened; false: only when one failed. Default 250. */
  readonly hedgeAfter?: number | false
}

export interface CheckedMOf {
  readonly members: readonly Member[]
  readonly threshold: number
  readonly shares: number
  readonly besideOtherDataKeys: boolean
  readonly timeout: number
  readonly hedgeAfter: number | false
}

export const maxShares = 32

function integer(name: string, value: unknown, least: number, most: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most) {
    throw new KeyringError('KEYRING_INVALID', `${name} must be an integer from ${least} to ${most}`)
  }
  return value
}

/** The longest that a timer of Node waits. */
const maxMilliseconds = 2 ** 31 - 1

/** Throws KEYRING_INVALID. */
export function checkedMOf(options: MOfOptions): CheckedMOf {
  const { keyrings, besideOtherDataKeys = false, hedgeAfter = 250 } = options
  if (!Array.isArray(keyrings) || new Set(keyrings).size < keyrings.length) {
    throw new KeyringError('KEYRING_INVALID', 'mOf needs keyrings, each once')
  }
  if (typeof besideOtherDataKeys !== 'boolean') {
    throw new KeyringError('KEYRING_INVALID', 'besideOtherDataKeys must be true or false')
  }
  const shares = integer('shares', options.shares ?? keyrings.length, 2, maxShares)
  const threshold = integer('threshold', options.threshold, 2, shares)
  integer('The number of keyrings', keyrings.length, threshold, shares)
  const timeout = options.timeoutMilliseconds ?? 10_000
  return {
    members: keyrings.map((keyring) => memberOf('mOf', keyring)),
    threshold,
    shares,
    besideOtherDataKeys,
    timeout: integer('timeoutMilliseconds', timeout, 1, maxMilliseconds),
    hedgeAfter: hedgeAfter === false ? false : integer('hedgeAfter', hedgeAfter, 0, maxMilliseconds),
  }
}
