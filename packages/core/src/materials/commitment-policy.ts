import type { CommitmentPolicy } from '@aws-crypto/material-management-node'
import { EnvelopeError, InputError } from '../errors.js'
import { signedCommittingSuiteId, type AlgorithmSuite } from './algorithm-suites.js'

/** The names of client-node's CommitmentPolicy; its members are these strings. */
export type CommitmentPolicyName = `${CommitmentPolicy}`

interface PolicyRow {
  /** Suites that may be written: only committing ones, or only the others. */
  readonly encryptCommitting: boolean
  /** Whether messages without commitment may be read. */
  readonly decryptNonCommitting: boolean
  readonly defaultSuiteId: number
}

// framework/commitment-policy.md#supported-commitment-policy-enum. The default under FORBID_ENCRYPT is the signed
// suite, as in every official SDK.
const policies: Readonly<Record<CommitmentPolicyName, PolicyRow>> = {
  FORBID_ENCRYPT_ALLOW_DECRYPT: {
    encryptCommitting: false,
    decryptNonCommitting: true,
    defaultSuiteId: 0x0378,
  },
  REQUIRE_ENCRYPT_ALLOW_DECRYPT: {
    encryptCommitting: true,
    decryptNonCommitting: true,
    defaultSuiteId: signedCommittingSuiteId,
  },
  REQUIRE_ENCRYPT_REQUIRE_DECRYPT: {
    encryptCommitting: true,
    decryptNonCommitting: false,
    defaultSuiteId: signedCommittingSuiteId,
  },
}

/** Throws INVALID_ARGUMENT. */
export function checkCommitmentPolicy(policy: string): asserts policy is CommitmentPolicy {
  if (!Object.hasOwn(policies, policy)) {
    throw new InputError(
      'INVALID_ARGUMENT',
      `commitmentPolicy must be one of ${Object.keys(policies).join(', ')}`,
    )
  }
}

export function defaultSuiteId(policy: CommitmentPolicy): number {
  return policies[policy].defaultSuiteId
}

function notAllowed(suite: AlgorithmSuite, policy: CommitmentPolicy): EnvelopeError {
  return new EnvelopeError('SUITE_NOT_ALLOWED', `${policy} does not allow ${suite.name}`)
}

/** Throws SUITE_NOT_ALLOWED (client-apis/encrypt.md#get-the-encryption-materials). */
export function checkEncryptAllowed(suite: AlgorithmSuite, policy: CommitmentPolicy): void {
  if (suite.committing !== policies[policy].encryptCommitting) throw notAllowed(suite, policy)
}

/** Throws SUITE_NOT_ALLOWED (client-apis/decrypt.md#get-the-decryption-materials). */
export function checkDecryptAllowed(suite: AlgorithmSuite, policy: CommitmentPolicy): void {
  if (!suite.committing && !policies[policy].decryptNonCommitting) throw notAllowed(suite, policy)
}
