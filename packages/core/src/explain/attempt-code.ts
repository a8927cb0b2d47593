import { KeyringError } from '../errors.js'
import { causes, failureName } from '../keyring/error-name.js'
import { isOutage } from '../keyring/outage.js'

/** What became of one attempt to open one data key with one keyring. */
export type AttemptCode =
  | 'OPENS'
  | 'NOT_MINE'
  | 'WRONG_DATA_KEY'
  | 'ACCESS_DENIED'
  | 'NO_CREDENTIALS'
  | 'KEY_DISABLED'
  | 'KEY_NOT_FOUND'
  | 'CIPHERTEXT_REFUSED'
  | 'ALIAS_MOVED'
  | 'PADDING_REFUSED'
  | 'THROTTLED'
  | 'UNREACHABLE'
  | 'MALFORMED'
  | 'FAILED'

/** AWS's names (KMS API reference, errors of Decrypt, and the common errors), and those of its SDK. */
const codesByName = {
  AccessDeniedException: 'ACCESS_DENIED',
  AccessDenied: 'ACCESS_DENIED',
  NotAuthorized: 'ACCESS_DENIED',
  OptInRequired: 'ACCESS_DENIED',
  CredentialsProviderError: 'NO_CREDENTIALS',
  ExpiredTokenException: 'NO_CREDENTIALS',
  IncompleteSignature: 'NO_CREDENTIALS',
  InvalidClientTokenId: 'NO_CREDENTIALS',
  InvalidSignatureException: 'NO_CREDENTIALS',
  MissingAuthenticationTokenException: 'NO_CREDENTIALS',
  UnrecognizedClientException: 'NO_CREDENTIALS',
  DisabledException: 'KEY_DISABLED',
  KMSInvalidStateException: 'KEY_DISABLED',
  KeyUnavailableException: 'UNREACHABLE',
  NotFoundException: 'KEY_NOT_FOUND',
  InvalidCiphertextException: 'CIPHERTEXT_REFUSED',
  IncorrectKeyException: 'CIPHERTEXT_REFUSED',
} as const satisfies Record<string, AttemptCode>

const codesOfKeyrings: Readonly<Record<string, AttemptCode>> = {
  ALIAS_MOVED: 'ALIAS_MOVED',
  PADDING_REFUSED: 'PADDING_REFUSED',
}

/** What a key store says behind a hierarchical keyring's failure. */
const codesOfKeyStores: Readonly<Record<string, AttemptCode>> = { BRANCH_KEY_NOT_FOUND: 'KEY_NOT_FOUND' }

const throttling = /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/

/** What AWS's multi-Region keyrings throw where another keyring returns its materials. */
const notMine = 'Unable to decrypt data key: No EDKs supplied.'

function isKnown(name: string): name is keyof typeof codesByName {
  return Object.hasOwn(codesByName, name)
}

/** AWS's own KMS keyring keeps only the text of what its client threw: the name begins a line of it. */
function nameInText({ message }: Error): string | undefined {
  return message
    .split('\n')
    .find((line) => isKnown(line.trim().split(':', 1)[0]!))
    ?.trim()
    .split(':', 1)[0]
}

export interface FailedAttempt {
  readonly code: AttemptCode
  /** AWS's name, a system error's code, or the error's class. */
  readonly reason: string
}

/** The code for what a keyring threw. */
export function failedAttempt(error: unknown): FailedAttempt {
  if (error instanceof Error && error.message.startsWith(notMine))
    return { code: 'NOT_MINE', reason: error.name }
  const name = failureName(error)
  const own = error instanceof KeyringError ? codesOfKeyrings[error.code] : undefined
  if (own !== undefined) return { code: own, reason: name }
  for (const cause of causes(error)) {
    if (!(cause instanceof KeyringError)) continue
    const stored = codesOfKeyStores[cause.code]
    if (stored !== undefined) return { code: stored, reason: cause.code }
  }
  if (isKnown(name)) return { code: codesByName[name], reason: name }
  if (isOutage(error)) return { code: throttling.test(name) ? 'THROTTLED' : 'UNREACHABLE', reason: name }
  const inText = error instanceof Error ? nameInText(error) : undefined
  return inText !== undefined && isKnown(inText)
    ? { code: codesByName[inText], reason: inText }
    : { code: 'FAILED', reason: name }
}
