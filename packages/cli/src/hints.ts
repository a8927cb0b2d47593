import type { ErrorCode } from '@sealring/core'
import { outcomeOf } from './exit-codes.js'
import type { CliErrorCode } from './exit-codes.js'

/** What to do about a failure: one line for each code, in the imperative. */
const byCode: Readonly<Record<string, string>> = {
  INTERNAL: 'this is a bug: please report it with the command and the versions of sealring and Node.js',
  USAGE: 'run `sealring --help`, or `sealring COMMAND --help` for one command',
  CONFIG_NOT_FOUND:
    'run `sealring init --help` to write one, or name another file with --config PATH or SEALRING_CONFIG',
  CONFIG_UNREADABLE: 'check that it is a file and that you may read it',
  CONFIG_INVALID: 'correct the file; schema/config.schema.json in the package lists what is allowed',
  CONFIG_EXISTS: 'nothing was changed: edit that file, or write another one with --config PATH',
  INPUT_UNREADABLE:
    'name a file that you may read, or - for standard input: printf %s "$VALUE" | sealring put NAME',
  NOT_CONFIRMED: 'nothing was changed; type it as it is asked for, or give --yes where nobody can be asked',
  OUTPUT_EXISTS: 'nothing was changed: choose another file, or replace this one with --force',
  OUTPUT_UNWRITABLE: 'nothing was written: check the folder, its permissions and the free space',
  KEY_UNAVAILABLE: 'make the key available where the configuration says, then try again',
  LIST_INCOMPLETE: 'names may be missing: list again when the arbiter answers',
  VERIFY_INCOMPLETE: 'verify again when every location answers',
  VERIFY_DIFFERS: 'run `sealring repair` with the same prefix, then verify again',
  REPAIR_INCOMPLETE: 'repair again when every location answers',
  REPAIR_LEFT: 'look at what was left, and why; `sealring verify` shows the state of each copy',
  INTERRUPTED:
    'what was under way may have been done in part: look with `sealring history NAME`, or run `sealring verify`',
  BROKEN_PIPE: 'read the output to its end, or send it to a file',
  INVALID_ARGUMENT: 'see `sealring COMMAND --help` for what the option takes',
  INVALID_NAME: 'names are segments separated by /, such as billing/db-password; see `sealring put --help`',
  INVALID_REVISION: 'revisions are counted from 1; `sealring history NAME` lists them',
  INVALID_CONTEXT: 'give --context KEY=VALUE; keys that start with sealring- or aws-crypto- are reserved',
  MESSAGE_TRUNCATED: 'the bytes end too early: fetch the message again, whole and as binary',
  MESSAGE_TRAILING_BYTES: 'there are bytes after the message: fetch it again, alone and as binary',
  MESSAGE_NOT_CANONICAL: 'this is not what an AWS Encryption SDK writes: fetch the message again, as binary',
  MESSAGE_UNSUPPORTED:
    'this is not a message of the AWS Encryption SDK, or of a kind not supported; binary, not base64?',
  MESSAGE_TOO_LARGE: 'seal it in smaller pieces',
  SUITE_NOT_ALLOWED: 'the message was sealed with an algorithm suite that this store does not accept',
  HEADER_UNAUTHENTIC: 'the bytes were changed: run `sealring verify`, then `sealring repair`',
  FRAME_UNAUTHENTIC: 'the bytes were changed: run `sealring verify`, then `sealring repair`',
  FRAME_OUT_OF_ORDER: 'the bytes were changed: run `sealring verify`, then `sealring repair`',
  COMMITMENT_MISMATCH: 'the bytes were changed: run `sealring verify`, then `sealring repair`',
  CONTEXT_NOT_REPRODUCED:
    'the message was sealed with another context: `sealring inspect` shows what it stores',
  SOURCE_FAILED: 'the bytes could not be read where they come from: try again',
  SIGNATURE_INVALID: 'the bytes were changed: run `sealring verify`, then `sealring repair`',
  KEYRING_INVALID: 'check "keyring" in the configuration',
  NO_DATA_KEY: 'check that "keyring" in the configuration names a key that can make data keys',
  DATA_KEY_NOT_UNWRAPPED:
    'check that "keyring" names the key that sealed this entry (`sealring inspect --name NAME` shows it), that it is enabled, and that you may decrypt with it',
  DATA_KEY_NOT_WRAPPED: 'nothing was written: check that the key exists, is enabled, and that you may use it',
  PADDING_REFUSED: 'run it on Node 22 or later',
  CURVE_REFUSED: 'run it on a Node that has this curve, or keep the key in AWS KMS',
  SUITE_REFUSED: 'use an unsigned algorithm suite with this keyring',
  BRANCH_KEY_NOT_FOUND: 'check the id of the branch key, and which key store is asked for it',
  BRANCH_KEY_EXISTS: 'nothing was written: rotate that branch key, or choose another id',
  BRANCH_KEY_CONFLICT:
    'nothing was written: somebody else has rotated the branch key, so it has a new version',
  BRANCH_KEY_INVALID:
    'check the logical name and the KMS key of the branch key store: the record was made under others, or changed',
  BRANCH_KEY_UNAVAILABLE:
    'check that the KMS key of the branch key is enabled and that you may decrypt with it',
  ALIAS_MOVED:
    'add the ARN of the key that sealed the entry to "keyring" (`sealring explain --name NAME` shows it)',
  UNREACHABLE: 'check the network and the endpoint and region in the configuration, then try again',
  THROTTLED: 'try again later',
  ACCESS_DENIED: 'check the credentials and what they are allowed at this location',
  LOCATION_NOT_FOUND: 'create the table, bucket or folder first, or correct the configuration',
  OUTCOME_UNKNOWN: 'it may have been stored: look with `sealring history NAME` before you put again',
  BLOB_TOO_LARGE: 'this location cannot hold an entry of this size: nothing was written there',
  BLOB_DAMAGED: 'run `sealring verify`, then `sealring repair`',
  BLOB_ARCHIVED: 'restore the object to a storage class that can be read, and end the rule that archived it',
  WRITE_CONFLICT: 'try again',
  SLOT_DELETED: 'remove the delete marker of that object, which restores it',
  ENCRYPTION_NOT_APPLIED: "compare the bucket's encryption with the configuration",
  BACKEND_FAILED: 'try again; if it stays, the location itself has the answer',
  NOT_FOUND: '`sealring list` shows the names, `sealring history NAME` the revisions',
  UNDETERMINED: 'the arbiter does not answer, so nobody can say whether it exists: try again later',
  UNREADABLE: 'no copy opens, so repair has nothing to copy: restore one from a backup',
  STALE: 'a newer revision is known to exist, but its location does not answer: try again later',
  ROLLBACK: 'the arbiter has lost revisions that were seen before: find out why before you write',
  CONFLICT: 'look with `sealring history NAME`, then put again on top of the latest revision',
  PUT_INCOMPLETE: 'run `sealring repair` when the locations answer',
  DESTROYED: 'this revision was destroyed on purpose: `sealring history NAME` shows the others',
  DESTROY_INCOMPLETE: 'destroy it again, or run `sealring repair`, when the locations answer',
  DEADLINE_EXCEEDED: 'give it more time, or find out which location or key service is slow',
  BINDING_MISMATCH:
    'this copy was moved here from another store, name or revision: run `sealring verify --open`',
  ARBITER_MISMATCH:
    'the locations name another arbiter: set "arbiter" in the configuration to that one; to move it, see `sealring appoint --help`',
  ARBITER_BEHIND:
    'other locations hold what the arbiter lost: stop writers; `sealring repair` brings lost revisions back, `sealring appoint ARBITER` a lost manifest',
  ARBITER_UNFIT: 'set "arbiter" to a location that honours conditional writes, such as DynamoDB',
  MANIFEST_INVALID:
    'the manifest of a location is damaged: `sealring appoint ARBITER` writes it anew; or take the location out',
  STORE_MISMATCH: 'the location belongs to another store: check "store" and the location',
  LOCATION_MISMATCH: 'the location was set up under another id: give it that id in the configuration',
  CONTEXT_MISMATCH: 'the entry was sealed with another context: `sealring inspect --name NAME` shows it',
  TAMPERED: 'another blob stands where one was seen before: find out who wrote it before you go on',
  COPY_MISSING: 'run `sealring verify`, then `sealring repair`',
  COPY_STALE: 'run `sealring verify`, then `sealring repair`',
  COPY_SLOW: 'nothing to do unless it lasts: another location served',
  COPY_DIFFERS: 'run `sealring verify`, then `sealring repair`',
  SPOOL_FAILED: 'make room in the folder for temporary files, or name another one: nothing was written',
} satisfies Record<ErrorCode | CliErrorCode, string>

/** What KMS says behind a keyring's code, where that helps more than the code itself. */
const byKmsError: Readonly<Record<string, string>> = {
  DisabledException: 'the KMS key is disabled: enable it (aws kms enable-key), then try again',
  KMSInvalidStateException:
    'the KMS key cannot be used in its state (pending deletion?): aws kms describe-key shows it',
  KeyUnavailableException: 'the KMS key is unavailable for the moment: try again',
  NotFoundException: 'KMS does not know the key: check its id and the region in the configuration',
  AccessDeniedException: 'the credentials may not use the KMS key: allow kms:GenerateDataKey and kms:Decrypt',
}

const kmsIsAway = 'KMS does not answer: check the network, and the region and endpoint in the configuration'

const byNetworkError: Readonly<Record<string, string>> = Object.fromEntries(
  ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ETIMEDOUT', 'TimeoutError'].map(
    (name) => [name, kmsIsAway],
  ),
)

const byCredentialsError: Readonly<Record<string, string>> = {
  UnrecognizedClientException: 'AWS does not know these credentials: check the profile and the region',
  InvalidSignatureException: 'AWS does not accept these credentials: check them and the clock',
  ExpiredTokenException: 'the AWS credentials have expired: sign in again',
  ExpiredToken: 'the AWS credentials have expired: sign in again',
  CredentialsProviderError: 'no AWS credentials were found: set a profile or sign in first',
}

/** Repair copies what opens; it can't make up what nobody has. */
export const unopenedHint = 'repair copies what opens: if it leaves these, restore them from a backup'

/** The hint for a code, made more exact by the names of the errors that caused it. */
export function hintFor(code: string, causes: readonly string[] = []): string {
  const exact =
    outcomeOf(code) === 'keyring'
      ? { ...byCredentialsError, ...byKmsError, ...byNetworkError }
      : byCredentialsError
  const cause = causes.find((name) => Object.hasOwn(exact, name))
  if (cause !== undefined) return exact[cause]!
  return (Object.hasOwn(byCode, code) ? byCode[code] : byCode['INTERNAL'])!
}
