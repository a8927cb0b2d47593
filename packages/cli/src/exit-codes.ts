import type { ErrorCode } from '@sealring/core'

/** The kinds of outcome that a script can tell apart. Numbers are stable under semantic versioning. */
export const exitCodes = {
  ok: { exit: 0, means: 'done' },
  internal: { exit: 1, means: 'a fault in sealring itself' },
  usage: { exit: 2, means: 'the command line is not understood' },
  config: { exit: 3, means: 'the configuration is missing or not valid' },
  input: { exit: 4, means: 'a name, option, input or output file cannot be used' },
  notFound: { exit: 5, means: 'no such entry or revision' },
  keyring: { exit: 6, means: 'the key is missing, refused, or another one' },
  damaged: { exit: 7, means: 'the sealed bytes are damaged or not a sealed message' },
  unreachable: { exit: 8, means: 'a location does not answer; trying again may help' },
  incomplete: { exit: 9, means: 'a put or destroy did not reach every location' },
  conflict: { exit: 10, means: 'another writer was faster' },
  differs: { exit: 11, means: 'verify or repair found differences that remain' },
  contradiction: { exit: 12, means: 'the locations contradict each other or belong to another store' },
  refused: { exit: 13, means: 'a location refuses; trying again does not help' },
  interrupted: { exit: 130, means: 'interrupted' },
  brokenPipe: { exit: 141, means: 'the reader of the output went away' },
} as const satisfies Record<string, { exit: number; means: string }>

export type Outcome = keyof typeof exitCodes

/** Failures that only the command knows. */
export const cliErrorCodes = {
  INTERNAL: 'internal',
  USAGE: 'usage',
  CONFIG_NOT_FOUND: 'config',
  CONFIG_UNREADABLE: 'config',
  CONFIG_INVALID: 'config',
  CONFIG_EXISTS: 'config',
  INPUT_UNREADABLE: 'input',
  NOT_CONFIRMED: 'input',
  OUTPUT_EXISTS: 'input',
  OUTPUT_UNWRITABLE: 'input',
  KEY_UNAVAILABLE: 'keyring',
  LIST_INCOMPLETE: 'unreachable',
  VERIFY_INCOMPLETE: 'unreachable',
  VERIFY_DIFFERS: 'differs',
  REPAIR_INCOMPLETE: 'unreachable',
  REPAIR_LEFT: 'differs',
  INTERRUPTED: 'interrupted',
  BROKEN_PIPE: 'brokenPipe',
} as const satisfies Record<string, Outcome>

export type CliErrorCode = keyof typeof cliErrorCodes

const coreOutcomes: Record<ErrorCode, Outcome> = {
  INVALID_ARGUMENT: 'input',
  INVALID_NAME: 'input',
  INVALID_REVISION: 'input',
  INVALID_CONTEXT: 'input',
  MESSAGE_TRUNCATED: 'damaged',
  MESSAGE_TRAILING_BYTES: 'damaged',
  MESSAGE_NOT_CANONICAL: 'damaged',
  MESSAGE_UNSUPPORTED: 'damaged',
  MESSAGE_TOO_LARGE: 'input',
  SUITE_NOT_ALLOWED: 'damaged',
  HEADER_UNAUTHENTIC: 'damaged',
  FRAME_UNAUTHENTIC: 'damaged',
  FRAME_OUT_OF_ORDER: 'damaged',
  COMMITMENT_MISMATCH: 'damaged',
  SIGNATURE_INVALID: 'damaged',
  CONTEXT_NOT_REPRODUCED: 'input',
  SOURCE_FAILED: 'unreachable',
  KEYRING_INVALID: 'keyring',
  NO_DATA_KEY: 'keyring',
  DATA_KEY_NOT_UNWRAPPED: 'keyring',
  DATA_KEY_NOT_WRAPPED: 'keyring',
  PADDING_REFUSED: 'keyring',
  CURVE_REFUSED: 'keyring',
  SUITE_REFUSED: 'keyring',
  BRANCH_KEY_NOT_FOUND: 'keyring',
  BRANCH_KEY_EXISTS: 'keyring',
  BRANCH_KEY_CONFLICT: 'conflict',
  BRANCH_KEY_INVALID: 'keyring',
  BRANCH_KEY_UNAVAILABLE: 'keyring',
  ALIAS_MOVED: 'keyring',
  UNREACHABLE: 'unreachable',
  THROTTLED: 'unreachable',
  ACCESS_DENIED: 'refused',
  LOCATION_NOT_FOUND: 'refused',
  OUTCOME_UNKNOWN: 'unreachable',
  BLOB_TOO_LARGE: 'refused',
  BLOB_DAMAGED: 'damaged',
  BLOB_ARCHIVED: 'refused',
  WRITE_CONFLICT: 'conflict',
  SLOT_DELETED: 'refused',
  ENCRYPTION_NOT_APPLIED: 'refused',
  BACKEND_FAILED: 'unreachable',
  NOT_FOUND: 'notFound',
  UNDETERMINED: 'unreachable',
  UNREADABLE: 'damaged',
  STALE: 'unreachable',
  ROLLBACK: 'contradiction',
  CONFLICT: 'conflict',
  PUT_INCOMPLETE: 'incomplete',
  DESTROYED: 'notFound',
  DESTROY_INCOMPLETE: 'incomplete',
  DEADLINE_EXCEEDED: 'unreachable',
  BINDING_MISMATCH: 'contradiction',
  ARBITER_MISMATCH: 'contradiction',
  ARBITER_BEHIND: 'contradiction',
  ARBITER_UNFIT: 'contradiction',
  MANIFEST_INVALID: 'contradiction',
  STORE_MISMATCH: 'contradiction',
  LOCATION_MISMATCH: 'contradiction',
  CONTEXT_MISMATCH: 'input',
  TAMPERED: 'contradiction',
  COPY_MISSING: 'damaged',
  COPY_STALE: 'damaged',
  COPY_SLOW: 'unreachable',
  COPY_DIFFERS: 'damaged',
  SPOOL_FAILED: 'unreachable',
}

const outcomes: Readonly<Record<string, Outcome | undefined>> = { ...coreOutcomes, ...cliErrorCodes }

/** The kind of failure behind an error code; `undefined` for a code that is not one of ours. */
export function isErrorCode(code: string): code is ErrorCode | CliErrorCode {
  return Object.hasOwn(outcomes, code)
}

export function outcomeOf(code: string): Outcome | undefined {
  return Object.hasOwn(outcomes, code) ? outcomes[code] : undefined
}
