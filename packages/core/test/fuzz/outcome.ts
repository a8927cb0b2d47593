import { inspect } from 'node:util'
import { errorCodes, SealringError } from '@sealring/core'
import type { MessageHeader } from '@sealring/core/envelope'
import type { Context } from './reauthenticate.js'

/** How an attempt to open a message ended. */
export interface Outcome {
  /** What it ended in; absent when the message opened. */
  readonly error?: unknown
  /** The plaintext, or as much of it as came out before the error. */
  readonly plaintext: Buffer
  readonly messageHeader?: MessageHeader | undefined
  /** What no stream may do, e.g. an error after the end. */
  readonly faults: readonly string[]
}

/** Not what a message can be guilty of: keyrings and sources here are right, and nothing is sealed. */
const impossible = new Set<string>(['KEYRING_INVALID', 'DATA_KEY_NOT_WRAPPED', 'SOURCE_FAILED'])
const layers = new Set<string>(['envelope', 'keyring'])
// oxlint-disable-next-line no-control-regex -- what a terminal would obey
const unprintable = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/
const longestMessage = 2000
const loneSurrogate = /\p{Surrogate}/u

/** 'opened', the error's code, or what else was thrown. */
export function codeOfOutcome({ error }: Pick<Outcome, 'error'>): string {
  if (error === undefined) return 'opened'
  return error instanceof SealringError ? error.code : inspect(error)
}

/** Whether the reproduced pairs are refused, unless the message stores them too. */
export function isRefusedContext(reproduced: Context | undefined): boolean {
  return Object.entries(reproduced ?? {}).some(
    ([key, value]) => key.startsWith('aws-crypto-') || loneSurrogate.test(value),
  )
}

/** What is wrong with an error, if anything: every failure has a code, and one that a message can cause. */
export function errorFault(error: unknown, reproduced: Context | undefined): string | undefined {
  if (error === undefined) return undefined
  if (!(error instanceof SealringError)) {
    return `an error without a code: ${inspect(error)}`
  }
  const { code, message } = error
  if (unprintable.test(message)) return `${code} with unprintable characters in its message`
  if (message.length > longestMessage) return `${code} with a message of ${message.length} characters`
  if (code === 'INVALID_CONTEXT' && isRefusedContext(reproduced)) return undefined
  if (impossible.has(code) || !Object.hasOwn(errorCodes, code)) return `the code ${code}`
  const layer: Readonly<Record<string, string>> = errorCodes
  return layers.has(layer[code]!) ? undefined : `the code ${code}`
}
