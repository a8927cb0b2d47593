import type { ErrorCode } from '@sealring/core'
import type { CliErrorCode } from './exit-codes.js'

export interface CliErrorOptions {
  /** What to do about it, instead of the code's usual hint. */
  hint?: string
  /** What the command found out nevertheless: part of the JSON document with `--json`. */
  document?: object
  cause?: unknown
}

/** A failure of the command itself. Messages never repeat what was typed: it may be a secret. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly code: CliErrorCode | ErrorCode
  readonly hint: string | undefined
  readonly document: object | undefined
  constructor(code: CliErrorCode | ErrorCode, message: string, options: CliErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.hint = options.hint
    this.document = options.document
  }
}
