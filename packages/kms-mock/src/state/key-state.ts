import { KmsError } from '../errors.js'
import { keyArn } from './arn.js'
import type { KeyState, KmsKey } from './key.js'

/**
 * How an operation uses a key, as far as its state matters:
 * - `cryptographic`: Encrypt, Decrypt, ReEncrypt, GenerateDataKey, Sign, GetPublicKey…; rotation and UpdatePrimaryRegion
 * - `management`: CreateAlias, the target of UpdateAlias, TagResource, UpdateKeyDescription…
 * - `deletion`: ScheduleKeyDeletion
 * - `granting`: CreateGrant
 * - `switching`: EnableKey, DisableKey
 * - `cancellation`: CancelKeyDeletion
 * - `import-parameters`, `import`, `import-deletion`: GetParametersForImport, ImportKeyMaterial, DeleteImportedKeyMaterial
 * - `replication`: ReplicateKey
 * Operations that succeed in every state (DescribeKey, ListAliases, DeleteAlias) ask for nothing.
 */
export type KeyUse =
  | 'cryptographic'
  | 'management'
  | 'deletion'
  | 'granting'
  | 'switching'
  | 'cancellation'
  | 'import-parameters'
  | 'import'
  | 'import-deletion'
  | 'replication'

type Refusal = readonly [code: string, what: string]
type Refusals = Partial<Record<KeyState, Refusal>>

const invalid = (what: string): Refusal => ['KMSInvalidStateException', what]
const notPendingDeletion = invalid('is not pending deletion.')

const disabled: Refusals = { Disabled: ['DisabledException', 'is disabled.'] }
const creating: Refusals = { Creating: invalid('is creating.') }
const updating: Refusals = { Updating: invalid('is updating.') }
const pendingImport: Refusals = { PendingImport: invalid('is pending import.') }
const unavailable: Refusals = { Unavailable: invalid('is unavailable.') }
const pendingDeletion: Refusals = {
  PendingDeletion: invalid('is pending deletion.'),
  PendingReplicaDeletion: invalid('is pending replica deletion.'),
}

/**
 * KMS Developer Guide, "Key states of AWS KMS keys", key state table. Where it says "[2] or [3]" for
 * cryptographic operations on a key that is pending deletion, this is [3], what current SDKs meet.
 */
const refusals: Readonly<Record<KeyUse, Refusals>> = {
  cryptographic: { ...disabled, ...pendingDeletion, ...pendingImport, ...unavailable, ...creating },
  management: pendingDeletion,
  deletion: { ...pendingDeletion, ...updating },
  granting: { ...disabled, ...pendingDeletion, ...pendingImport, ...creating },
  switching: { ...pendingDeletion, ...pendingImport, ...creating, ...updating },
  cancellation: {
    Creating: notPendingDeletion,
    Enabled: notPendingDeletion,
    Disabled: notPendingDeletion,
    PendingImport: notPendingDeletion,
    Unavailable: notPendingDeletion,
    Updating: notPendingDeletion,
  },
  'import-parameters': { ...pendingDeletion, ...creating, ...updating },
  import: { ...pendingDeletion, ...creating },
  'import-deletion': { ...creating, ...updating },
  replication: { ...disabled, ...pendingDeletion, ...pendingImport, ...creating, ...updating },
}

/**
 * Refuses a key whose state doesn't allow this use.
 * @throws KmsError DisabledException, KMSInvalidStateException
 */
export const requireKeyState = (key: KmsKey, use: KeyUse): void => {
  const refusal = refusals[use][key.state]
  if (refusal !== undefined) throw new KmsError(refusal[0], `${keyArn(key)} ${refusal[1]}`)
}
