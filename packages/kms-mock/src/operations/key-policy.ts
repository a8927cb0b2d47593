import type { Caller } from '../caller.js'
import { KmsError } from '../errors.js'
import { accountOfPrincipal } from '../principal.js'
import { partitionOf } from '../state/arn.js'
import type { KmsKey } from '../state/key.js'
import { readPolicy } from './policy-document.js'
import type { PolicyStatement } from './policy-document.js'
import { quotas } from './quotas.js'

/** The name of the one policy that a key has here. The other, AWS_RAM, comes with sharing through RAM. */
export const policyName = 'default'

const rootArn = ({ accountId, region }: Caller): string => `arn:${partitionOf(region)}:iam::${accountId}:root`

/** What a key created by the API without a policy gets (developer guide, "Default key policy"), in AWS's own layout. */
const defaultPolicy = (owner: Caller): string => `{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "${rootArn(owner)}"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
}`

/** The policy of a key, as it was put. */
export const keyPolicy = (key: KmsKey): string => key.policy ?? defaultPolicy(key)

const matches = (pattern: string, action: string): boolean =>
  new RegExp(`^${pattern.replaceAll(/\*+/g, '.*').replaceAll('?', '.')}$`, 'i').test(action)

const isAboutPutting = ({ actions, hasResource }: PolicyStatement): boolean =>
  // PutKeyPolicy, "Policy": a statement without Action or Resource has no effect.
  hasResource && actions.some((action) => matches(action, 'kms:PutKeyPolicy'))

/**
 * The lockout safety check (developer guide, "Default key policy"), as far as it can be judged without IAM: a caller
 * is an account, so any principal of it may be the caller, and a condition may be met.
 */
const allowsPutting = (statements: readonly PolicyStatement[], caller: Caller): boolean => {
  const account = new Set(['*', caller.accountId, rootArn(caller)])
  const about = statements.filter(isAboutPutting)
  const denied = about.some(
    ({ allows, conditional, principals }) =>
      !allows && !conditional && principals.some((principal) => account.has(principal)),
  )
  const mayBeCaller = (principal: string): boolean =>
    account.has(principal) || accountOfPrincipal(principal) === caller.accountId
  return !denied && about.some(({ allows, principals }) => allows && principals.some(mayBeCaller))
}

/** What CreateKey, ReplicateKey and PutKeyPolicy say about the policy. */
export interface PolicyRequest {
  readonly Policy?: string
  readonly BypassPolicyLockoutSafetyCheck?: boolean
}

/**
 * Checks a key policy that is to be attached; it is not enforced yet.
 * @throws KmsError LimitExceededException, MalformedPolicyDocumentException, InvalidArnException
 */
export const checkKeyPolicy = (
  { Policy, BypassPolicyLockoutSafetyCheck = false }: PolicyRequest,
  caller: Caller,
): void => {
  if (Policy === undefined) return
  if (Buffer.byteLength(Policy) > quotas.policyBytes) {
    throw new KmsError(
      'LimitExceededException',
      `The key policy is longer than the maximum of ${quotas.policyBytes} bytes.`,
    )
  }
  const statements = readPolicy(Policy)
  if (BypassPolicyLockoutSafetyCheck || allowsPutting(statements, caller)) return
  throw new KmsError(
    'MalformedPolicyDocumentException',
    'The new key policy will not allow you to update the key policy in the future.',
  )
}
