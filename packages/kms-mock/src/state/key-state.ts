import { KmsError } from '../errors.js'
import { keyArn } from './arn.js'
import type { KeyState, KmsKey } from './key.js'

/**
 * How an operation uses a key, as far as its state matters:
 * - `cryptographic`: Encrypt, Decrypt, ReEncrypt, GenerateDataKey, Sign, GetPublicKey…
 * - `management`: ScheduleKeyDeletion, CreateAlias, the target of UpdateAlias, TagResource, UntagResource,
 *   UpdateKeyDescription
 * - `granting`: CreateGrant
 * - `switching`: EnableKey, DisableKey
 * - `cancellation`: CancelKeyDeletion
 * Operations that succeed in every state (DescribeKey, ListAliases, DeleteAlias, PutKeyPolicy, RetireGrant…) ask for nothing.
 */
export type KeyUse = 'cryptographic' | 'granting' | 'management' | 'switching' | 'cancellation'

type Refusal = readonly [code: string, what: string]

const invalid = (what: string): Refusal => ['KMSInvalidStateException', what]
const disabled: Refusal = ['DisabledException', 'is disabled.']
const creating = invalid('is creating.')
const updating = invalid('is updating.')
const pendingDeletion = invalid('is pending deletion.')
const pendingImport = invalid('is pending import.')
const pendingReplicaDeletion = invalid('is pending replica deletion.')
const unavailable = invalid('is unavailable.')
const notPendingDeletion = invalid('is not pending deletion.')

/**
 * KMS Developer Guide, "Key states of AWS KMS keys", key state table. Where it says "[2] or [3]" for
 * cryptographic operations on a key that is pending deletion, this is [3], what current SDKs meet.
 */
const refusals: Readonly<Record<KeyUse, Partial<Record<KeyState, Refusal>>>> = {
  cryptographic: {
    Creating: creating,
    Disabled: disabled,
    PendingDeletion: pendingDeletion,
    PendingImport: pendingImport,
    PendingReplicaDeletion: pendingReplicaDeletion,
    Unavailable: unavailable,
  },
  granting: {
    Creating: creating,
    Disabled: disabled,
    PendingDeletion: pendingDeletion,
    PendingImport: pendingImport,
    PendingReplicaDeletion: pendingReplicaDeletion,
  },
  management: {
    PendingDeletion: pendingDeletion,
    PendingReplicaDeletion: pendingReplicaDeletion,
  },
  switching: {
    Creating: creating,
    PendingDeletion: pendingDeletion,
    PendingImport: pendingImport,
    PendingReplicaDeletion: pendingReplicaDeletion,
    Updating: updating,
  },
  cancellation: {
    Creating: creating,
    Enabled: notPendingDeletion,
    Disabled: notPendingDeletion,
    PendingImport: notPendingDeletion,
    Unavailable: notPendingDeletion,
    Updating: updating,
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
