import { isCaller } from './caller.js'
import type { Caller } from './caller.js'
import type { Clock, ClockOptions } from './clock.js'
import { KmsOptionError } from './errors.js'
import type { CloudHsmCluster, XksProxy } from './outside.js'
import type { PresetKey } from './state/preset-key.js'

/** Options of {@link createKms}. */
export interface KmsOptions {
  /** The account of callers who name none. Default 111122223333, the account of AWS's own examples. */
  accountId?: string
  /** The region of unsigned requests, and of `handle` without a caller. Default us-east-1. */
  region?: string
  /**
   * A clock, whose time is its owner's; or options for one (default: the present, running), which with `stateFile` begins as far
   * ahead as it was when the file was written.
   */
  clock?: Clock | ClockOptions
  /** Fixes the ids and material of the keys to be created, in their order. For tests only: material that follows from a seed is no secret. */
  seed?: string
  /**
   * With `seed`: fixes data keys and random bytes as well, in the order of the calls, and the ciphertexts of symmetric keys: the
   * same plaintext and context give the same one. Default false.
   */
  seedOutputs?: boolean
  /** Keys that are there from the start. With `stateFile`: only if there is no file yet. */
  keys?: readonly PresetKey[]
  /** Keeps all of its state in this file (JSON, mode 0600), shared safely with other processes. Default: in memory. */
  stateFile?: string
  /** How long a change waits for another process that has the state file locked, in milliseconds. Default 10000. */
  lockTimeoutMs?: number
  /**
   * How long what AWS does over time takes, in milliseconds by `clock`: connecting a custom key store, the states Creating of
   * a replica and Updating of keys whose primary moves. Default 0: it happens at once, the next call finds it done.
   */
  transitionMs?: number
  /** The AWS CloudHSM clusters that custom key stores can be in. Default: none. */
  cloudHsmClusters?: readonly CloudHsmCluster[]
  /** The external key store proxies that custom key stores can be behind. Default: none. */
  xksProxies?: readonly XksProxy[]
}

/**
 * The caller that calls without one come from.
 * @throws KmsOptionError KMS_OPTION_INVALID
 */
export const homeOf = ({ region = 'us-east-1', accountId = '111122223333' }: KmsOptions): Caller => {
  const home = { region, accountId }
  if (!isCaller(home)) throw new KmsOptionError('region or accountId is malformed')
  return home
}

/**
 * A span of time that is an option, in milliseconds.
 * @throws KmsOptionError KMS_OPTION_INVALID
 */
export const spanOf = (name: string, span: number): number => {
  if (span >= 0 && span < Infinity) return span
  throw new KmsOptionError(`${name} is not a span of time`)
}

/** Whether this is a clock, not options for one. */
export const isClock = (clock: Clock | ClockOptions): clock is Clock => 'now' in clock
