import { EnvelopeError } from '../errors.js'
import type { CommitmentPolicy } from '@aws-crypto/material-management-node'
import { checkCommitmentPolicy, type CommitmentPolicyName } from '../materials/commitment-policy.js'
import { checkOptions } from './input-bytes.js'
import { resolveLimits, type Limits } from './limits.js'

export interface ClientOptions extends Partial<Limits> {
  /** Default REQUIRE_ENCRYPT_REQUIRE_DECRYPT. */
  readonly commitmentPolicy?: CommitmentPolicyName
  /**
   * Read encryption contexts that are not sorted by the bytes of their keys. client-node before 4.1 wrote such
   * headers where keys differ in case or script; nothing else does. Default false.
   */
  readonly acceptUnsortedContext?: boolean
}

/** Options with every default filled in. */
export interface ClientSettings extends Limits {
  readonly commitmentPolicy: CommitmentPolicy
  readonly acceptUnsortedContext: boolean
  /** Bytes of a streamed message: `maxMessageLength` where it was given. */
  readonly maxStreamLength: number
}

/** Throws INVALID_ARGUMENT. */
export function resolveSettings(policyOrOptions: CommitmentPolicyName | ClientOptions = {}): ClientSettings {
  if (typeof policyOrOptions !== 'string') checkOptions(policyOrOptions)
  const options =
    typeof policyOrOptions === 'string' ? { commitmentPolicy: policyOrOptions } : policyOrOptions
  // client-apis/client.md#commitment-policy
  const { commitmentPolicy = 'REQUIRE_ENCRYPT_REQUIRE_DECRYPT' }: { commitmentPolicy?: string } = options
  checkCommitmentPolicy(commitmentPolicy)
  return Object.freeze({
    ...resolveLimits(options),
    commitmentPolicy,
    maxStreamLength: options.maxMessageLength ?? Infinity,
    acceptUnsortedContext: options.acceptUnsortedContext ?? false,
  })
}

/** For a stream whose result is one Buffer. */
export function whole(settings: ClientSettings): ClientSettings {
  return { ...settings, maxStreamLength: settings.maxMessageLength }
}

/** Throws MESSAGE_TOO_LARGE where the caller set a limit: what streams need not hold has none of its own. */
export function checkStreamLength(length: number, { maxStreamLength: maximum }: ClientSettings): void {
  if (length > maximum) {
    throw new EnvelopeError('MESSAGE_TOO_LARGE', `The message exceeds ${maximum} bytes`)
  }
}
