import { setTimeout as sleep } from 'node:timers/promises'
import type { Caller } from './caller.js'
import { KmsError, RegionDownError } from './errors.js'
import { faultMatchOf, latencyOf, outageOf, serverFaultOf, serverFaults } from './fault-match.js'
import type { FaultMatch, ServerFault } from './fault-match.js'

/** Takes a fault back. */
export type RemoveFault = () => void

/** What a test may break. What can't be meant, such as an operation that isn't there, is a KmsOptionError (KMS_OPTION_INVALID). */
export interface Faults {
  /** Calls to the region fail as if nobody listened there (`RegionDownError`; a cut connection over HTTP). */
  setRegionDown(region: string, down?: boolean): void
  /** Matching calls get AccessDeniedException. */
  deny(match?: FaultMatch): RemoveFault
  /** Matching calls get ThrottlingException. */
  throttle(match?: FaultMatch): RemoveFault
  /** Matching calls get an error that is the service's fault; the SDKs try them again. */
  fail(error: ServerFault, match?: FaultMatch): RemoveFault
  /** Matching calls are answered `milliseconds` later. */
  latency(milliseconds: number, match?: FaultMatch): RemoveFault
  /** Takes all faults back; calls that are being held up go on. */
  clear(): void
}

/** The faults as the handler sees them. */
export interface FaultInjection extends Faults {
  /** Waits, and throws, as the faults in force say. Returns at once (no promise) when there are none. */
  apply(operation: string, caller: Caller): Promise<void> | undefined
}

type FaultKind = 'deny' | 'throttle' | 'latency' | ServerFault
interface Rule {
  kind: FaultKind
  match: FaultMatch
  left: number
  milliseconds: number
}

const errors: Readonly<
  Record<Exclude<FaultKind, 'latency'>, (operation: string, caller: Caller) => KmsError>
> = {
  // The common errors of the KMS API Reference, in the words AWS answers with.
  throttle: () =>
    new KmsError(
      'ThrottlingException',
      'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
    ),
  DependencyTimeoutException: () =>
    new KmsError('DependencyTimeoutException', 'A system timed out while trying to fulfill the request.'),
  KMSInternalException: () => new KmsError('KMSInternalException', 'An internal error has occurred.'),
  KeyUnavailableException: () =>
    new KmsError('KeyUnavailableException', 'The KMS key is not available. You can try the request again.'),
  deny: (operation, { accountId }) =>
    new KmsError(
      'AccessDeniedException',
      `User: arn:aws:iam::${accountId}:root is not authorized to perform: kms:${operation} because no identity-based policy allows the kms:${operation} action`,
    ),
}

const hits = ({ match, left }: Rule, operation: string, { region, accountId }: Caller): boolean =>
  left > 0 &&
  (match.operation ?? operation) === operation &&
  (match.region ?? region) === region &&
  (match.accountId ?? accountId) === accountId

/** Makes faults, none in force. */
export const createFaults = (): FaultInjection => {
  const down = new Set<string>()
  const rules = new Set<Rule>()

  let cleared = new AbortController()

  const add = (kind: FaultKind, given: FaultMatch = {}, milliseconds = 0): RemoveFault => {
    const match = faultMatchOf(given)
    const rule = { kind, match, left: match.times ?? Infinity, milliseconds }
    rules.add(rule)
    return () => void rules.delete(rule)
  }

  const take = (kind: FaultKind, operation: string, caller: Caller): Rule | undefined => {
    for (const rule of rules) {
      if (rule.kind !== kind || !hits(rule, operation, caller)) continue
      rule.left -= 1
      if (rule.left === 0) rules.delete(rule)
      return rule
    }
    return undefined
  }

  const inject = async (operation: string, caller: Caller): Promise<void> => {
    const late = take('latency', operation, caller)
    // What it rejects with is that it was cut short.
    if (late !== undefined)
      await sleep(late.milliseconds, undefined, { signal: cleared.signal }).catch(() => undefined)
    if (down.has(caller.region)) throw new RegionDownError(caller.region)
    for (const kind of ['throttle', 'deny', ...serverFaults] as const) {
      if (take(kind, operation, caller) !== undefined) throw errors[kind](operation, caller)
    }
  }

  return {
    setRegionDown: (given, isDown = true) => {
      const outage = outageOf(given, isDown)
      if (outage.down) down.add(outage.region)
      else down.delete(outage.region)
    },
    deny: (match) => add('deny', match),
    throttle: (match) => add('throttle', match),
    fail: (error, match) => add(serverFaultOf(error), match),
    latency: (milliseconds, match) => add('latency', match, latencyOf(milliseconds)),
    clear: () => {
      down.clear()
      rules.clear()
      cleared.abort()
      cleared = new AbortController()
    },
    apply: (operation, caller) =>
      down.size === 0 && rules.size === 0 ? undefined : inject(operation, caller),
  }
}
