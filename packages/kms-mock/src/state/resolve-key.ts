import type { Caller } from '../caller.js'
import { KmsError } from '../errors.js'
import { aliasArn, keyArn, parseKeyIdentifier } from './arn.js'
import type { KmsKey } from './key.js'
import { accountRegion } from './state.js'
import type { KmsState } from './state.js'

/** What an operation's documentation says of its `KeyId`. */
export interface KeyIdRule {
  /** Whether aliases are taken, beside key ids and key ARNs. */
  aliases: boolean
  /** "Cross-account use". */
  crossAccount: boolean
  /** What a malformed ARN is called: operations that don't declare InvalidArnException say NotFoundException. */
  malformedArn: 'InvalidArnException' | 'NotFoundException'
}

/** Encrypt, Decrypt, ReEncrypt, GenerateDataKey… */
export const cryptographicKeyId: KeyIdRule = {
  aliases: true,
  crossAccount: true,
  malformedArn: 'NotFoundException',
}
/** DescribeKey. */
export const describedKeyId: KeyIdRule = {
  aliases: true,
  crossAccount: true,
  malformedArn: 'InvalidArnException',
}
/** EnableKey, DisableKey, ScheduleKeyDeletion, TagResource… whatever is done to a key of the caller’s own account alone. */
export const managedKeyId: KeyIdRule = {
  aliases: false,
  crossAccount: false,
  malformedArn: 'InvalidArnException',
}
/** CreateGrant, ListGrants, RetireGrant, RevokeGrant. */
export const grantedKeyId: KeyIdRule = {
  aliases: false,
  crossAccount: true,
  malformedArn: 'InvalidArnException',
}
/** The `TargetKeyId` of CreateAlias and UpdateAlias. */
export const aliasTargetKeyId: KeyIdRule = {
  aliases: false,
  crossAccount: false,
  malformedArn: 'NotFoundException',
}

interface Place {
  region: string
  accountId: string
}

const keyAt = (state: KmsState, place: Place, keyId: string): KmsKey => {
  const key = accountRegion(state, place).keys.get(keyId)
  if (key === undefined) {
    throw new KmsError('NotFoundException', `Key '${keyArn({ ...place, keyId })}' does not exist`)
  }
  return key
}

const keyOfAlias = (state: KmsState, place: Place, aliasName: string): KmsKey => {
  const alias = accountRegion(state, place).aliases.get(aliasName)
  if (alias === undefined) {
    throw new KmsError('NotFoundException', `Alias ${aliasArn({ ...place, aliasName })} is not found.`)
  }
  return keyAt(state, place, alias.targetKeyId)
}

/**
 * Finds the key that a `KeyId` parameter means, in any of its forms.
 * @throws KmsError NotFoundException for what isn't there (an ARN of another region included),
 * InvalidArnException for a malformed ARN where the operation declares it, AccessDeniedException for
 * another account's key where the operation is not for cross-account use
 */
export const resolveKey = (
  state: KmsState,
  caller: Caller,
  operation: string,
  keyId: string,
  rule: KeyIdRule,
): KmsKey => {
  // What most calls ask for, and every rule allows: a key of the caller's own, by its ARN.
  const named = state.keysByArn.get(keyId)
  if (named !== undefined && named.region === caller.region && named.accountId === caller.accountId)
    return named
  const identifier = parseKeyIdentifier(keyId)
  if (identifier.form === 'malformed-arn') throw new KmsError(rule.malformedArn, 'Invalid arn')
  const isAlias = identifier.form === 'alias-name' || identifier.form === 'alias-arn'
  if (identifier.form === 'malformed' || (isAlias && !rule.aliases)) {
    throw new KmsError('NotFoundException', `Invalid keyId '${keyId}'`)
  }
  if (identifier.form === 'key-id') return keyAt(state, caller, identifier.keyId)
  if (identifier.form === 'alias-name') return keyOfAlias(state, caller, identifier.aliasName)
  // A region answers for its own keys alone, and names the ARN's region in its refusal.
  if (identifier.region !== caller.region)
    throw new KmsError('NotFoundException', `Invalid arn ${identifier.region}`)
  if (identifier.accountId !== caller.accountId && !rule.crossAccount) {
    throw new KmsError(
      'AccessDeniedException',
      `User: arn:aws:iam::${caller.accountId}:root is not authorized to perform: kms:${operation} on resource: ${keyId} because no resource-based policy allows the kms:${operation} action`,
    )
  }
  return identifier.form === 'key-arn'
    ? keyAt(state, identifier, identifier.keyId)
    : keyOfAlias(state, identifier, identifier.aliasName)
}
