import type { KeyringNode } from '@aws-crypto/material-management-node'
import { resolveSettings, type ClientOptions } from '../envelope/client-settings.js'
import { checkOptions, inputBytes } from '../envelope/input-bytes.js'
import { openHeader, type HeaderRequest } from '../envelope/open-header.js'
import { parseHeader } from '../envelope/parse-header.js'
import { InputError } from '../errors.js'
import { describeKeyring } from '../keyring/describe-keyring.js'
import { memberOf, type DataKeysToUnwrap } from '../keyring/member.js'
import { isNestedKeyring, nestedKeyring, type InnerAttempt } from '../keyring/nested-keyring.js'
import { classesOfKeyring } from '../materials/aws-classes.js'
import { encryptedDataKey } from '../materials/aws-materials.js'
import type { DataKeyEntry } from '../materials/data-key-entry.js'
import type { EncryptionContext } from '../materials/encryption-context.js'
import { printable } from '../materials/printable.js'
import { reproduceContext } from '../materials/reproduce-context.js'
import { askKeyring, type Answer } from './ask-keyring.js'
import type { AttemptCode } from './attempt-code.js'

export interface ExplainOptions extends ClientOptions {
  /** Pairs that the message doesn't store, as for `decrypt`. */
  readonly encryptionContext?: EncryptionContext
  /** Encoding of a message that is a string, e.g. 'base64'. Default 'utf8'. */
  readonly encoding?: BufferEncoding
  /** Milliseconds that one attempt may take; then it is UNREACHABLE. Default 10,000. */
  readonly timeoutMilliseconds?: number
}

/** One data key of the message, and one keyring that was asked to open it. Plain data: it survives JSON. */
export interface KeyringAttempt {
  /** Index among the message's encrypted data keys. */
  readonly dataKey: number
  /** Escaped as `inspect` does it. */
  readonly providerId: string
  readonly providerInfo: string
  /** Where the keyring stands: [] is the given one, [1, 0] the first member of its second member. */
  readonly path: readonly number[]
  /** Its class and what its `toJSON` shows, such as key ARNs. */
  readonly keyring: string
  /** Of a member of a threshold keyring: which share, from 0, was to be opened. */
  readonly share?: number
  /**
   * OPENS; NOT_MINE (it didn't try: another provider, key, account or Region); WRONG_DATA_KEY (it gave one that the
   * header isn't authentic under); ACCESS_DENIED; NO_CREDENTIALS; KEY_DISABLED (or awaiting deletion); KEY_NOT_FOUND (a branch key too);
   * CIPHERTEXT_REFUSED (changed, or under another context or key); ALIAS_MOVED; PADDING_REFUSED; THROTTLED;
   * UNREACHABLE; MALFORMED (a field of the data key is empty: nobody is asked); FAILED, for all else.
   */
  readonly code: AttemptCode
  /** AWS's name of the failure, a system error's code, or the error's class. */
  readonly reason?: string
  /** What our own keyring said. */
  readonly detail?: string
}

interface Asked {
  readonly keyring: KeyringNode
  readonly path: readonly number[]
  readonly share?: number
}

function innerOf(keyring: KeyringNode, toUnwrap: DataKeysToUnwrap): readonly InnerAttempt[] {
  if (isNestedKeyring(keyring)) return keyring[nestedKeyring].attempts(toUnwrap)
  const { MultiKeyringNode } = memberOf('explainKeyring', keyring).classes
  if (Object.getPrototypeOf(keyring) !== MultiKeyringNode.prototype) return []
  if (!(keyring instanceof MultiKeyringNode)) return []
  const { generator, children } = keyring
  const members = generator === undefined ? children : [generator, ...children]
  return members.map((member, index) => ({ keyring: member, index, toUnwrap }))
}

type Row = Asked & Answer

/** A keyring alone is one row; one that holds others, the rows of those that it asks. */
async function rowsOf(
  asked: Asked,
  toUnwrap: DataKeysToUnwrap,
  milliseconds: number,
  fits: (dataKey: Uint8Array) => boolean,
): Promise<readonly Row[]> {
  const { keyring, path, share } = asked
  const nested = isNestedKeyring(keyring) || innerOf(keyring, toUnwrap).length > 0
  const isRow = isNestedKeyring(keyring) ? keyring[nestedKeyring].isRow : !nested
  const own = isRow ? [{ ...asked, ...(await askKeyring(keyring, toUnwrap, milliseconds, fits)) }] : []
  if (!nested) return own
  const inner = await Promise.all(
    innerOf(keyring, toUnwrap).map((attempt) =>
      rowsOf(
        {
          keyring: attempt.keyring,
          path: [...path, attempt.index],
          ...(attempt.share === undefined
            ? share === undefined
              ? {}
              : { share }
            : { share: attempt.share }),
        },
        attempt.toUnwrap,
        milliseconds,
        // A share's key is no key of the message: that it opens is all there is to know.
        attempt.share === undefined ? fits : () => true,
      ),
    ),
  )
  return [...own, ...inner.flat()]
}

/** Whether the header is authentic under a data key, a copy of which is zeroed. */
function fitsHeader(request: HeaderRequest): (dataKey: Uint8Array) => boolean {
  return (dataKey) => {
    if (dataKey.byteLength !== request.suite.keyLength) return false
    try {
      const release = (): void => undefined
      openHeader(request, {
        suite: request.suite,
        dataKey,
        verificationKey: undefined,
        release,
      }).seal.destroy()
      return true
    } catch {
      // COMMITMENT_MISMATCH or HEADER_UNAUTHENTIC: it is another message's data key.
      return false
    }
  }
}

function shown(dataKey: number, { providerId, providerInfo }: DataKeyEntry) {
  return { dataKey, providerId: printable(Buffer.from(providerId)), providerInfo: printable(providerInfo) }
}

function isHeld(keyring: KeyringNode, entry: DataKeyEntry): boolean {
  const classes = classesOfKeyring(keyring)
  return classes !== undefined && encryptedDataKey(classes, entry) !== undefined
}

function checkTimeout(milliseconds: unknown): asserts milliseconds is number {
  if (typeof milliseconds !== 'number' || !(milliseconds >= 1 && milliseconds < 2 ** 31)) {
    throw new InputError('INVALID_ARGUMENT', 'timeoutMilliseconds must be a number from 1')
  }
}

/**
 * Which data key of a message can be opened with which keyring, and if not, why not: a row for each pair, in the order of
 * the data keys and then of the keyrings. Multi-keyrings, `anyOf` and `mOf` are taken apart. Every keyring is really
 * asked, about each data key alone: that costs its calls, and CloudTrail sees them. Of the message only the header is
 * needed; it is not authenticated unless a row says OPENS. Data keys are zeroed, and none is shown. Throws
 * KEYRING_INVALID for what is no keyring, INVALID_ARGUMENT, INVALID_CONTEXT, CONTEXT_NOT_REPRODUCED, and what
 * `inspectHeader` throws; no keyring's failure is thrown.
 */
export async function explainKeyring(
  message: Uint8Array | string,
  keyring: KeyringNode,
  options: ExplainOptions = {},
): Promise<readonly KeyringAttempt[]> {
  checkOptions(options)
  const { timeoutMilliseconds = 10_000 } = options
  checkTimeout(timeoutMilliseconds)
  memberOf('explainKeyring', keyring)
  const settings = resolveSettings(options)
  const header = parseHeader(inputBytes(message, options.encoding, 'message'), settings)
  const { suite, dataKeys } = header
  const context = reproduceContext(header.encryptionContext, options.encryptionContext)
  const { commitmentPolicy } = settings
  const fits = fitsHeader({ header, suite, dataKeys, commitmentPolicy, ...context })
  const attempts: KeyringAttempt[] = []
  for (const [index, entry] of dataKeys.entries()) {
    const key = shown(index, entry)
    if (!isHeld(keyring, entry)) {
      attempts.push({ ...key, path: [], keyring: describeKeyring(keyring), code: 'MALFORMED' })
      continue
    }
    const toUnwrap = { suite, encryptionContext: context.encryptionContext, dataKeys: [entry] }
    const rows = await rowsOf({ keyring, path: [] }, toUnwrap, timeoutMilliseconds, fits)
    for (const { keyring: asked, ...row } of rows) {
      attempts.push({ ...key, ...row, keyring: describeKeyring(asked) })
    }
  }
  return attempts
}
