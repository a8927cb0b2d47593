import { KmsError } from '../errors.js'
import { keyArn } from './arn.js'
import type { KeyState, KmsKey } from './key.js'

/**
 * How an operation uses a key, as far as its state matters:
 * - `cryptographic`: Encrypt, Decrypt, ReEncrypt, GenerateDataKey…
 * - `management`: EnableKey, DisableKey, ScheduleKeyDeletion, CreateAlias, the target of UpdateAlias
 * - `cancellation`: CancelKeyDeletion
 * Operations that succeed in every state (DescribeKey, ListAliases, DeleteAlias) ask for nothing.
 */
export type KeyUse = 'cryptographic' | 'management' | 'cancellation'

type Refusal = readonly [code: string, what: string]

const pendingDeletion: Refusal = ['KMSInvalidStateException', 'is pending deletion.']
const pendingReplicaDeletion: Refusal = ['KMSInvalidStateException', 'is pending replica deletion.']
const notPendingDeletion: Refusal = ['KMSInvalidStateException', 'is not pending deletion.']

/**
 * KMS Developer Guide, "Key states of AWS KMS keys", key state table. Where it says "[2] or [3]" for
 * cryptographic operations on a key that is pending deletion, this is [3], what current SDKs meet.
 */
const refusals: Readonly<Record<KeyUse, Partial<Record<KeyState, Refusal>>>> = {
  cryptographic: {
    Disabled: ['DisabledException', 'is disabled.'],
    PendingDeletion: pendingDeletion,
    PendingReplicaDeletion: pendingReplicaDeletion,
  },
  management: {
    PendingDeletion: pendingDeletion,
    PendingReplicaDeletion: pendingReplicaDeletion,
  },
  cancellation: {
    Enabled: notPendingDeletion,
    Disabled: notPendingDeletion,
  },
}

/**
 * Refuses a key whose state doesn't allow this use.
 * @throws KmsError DisabledException, KMSInvalidStateException
 */
export const requireKeyState = (key: KmsKey, use: KeyUse): void => {
  const refusal = refusals[use][key.state]
  if (refusal !== undefined) throw new KmsError(refusal[0], `${keyArn(key)} ${refusal[1]}`)
}
