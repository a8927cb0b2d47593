import { randomUUID } from 'node:crypto'
import { InputError } from '../errors.js'
import { checkContext } from './binding.js'
import type { PutOptions } from './operation-options.js'

export interface PutRequest {
  readonly context: Readonly<Record<string, string>>
  readonly copies: number
  readonly ifRevision: { readonly revision: number; readonly digest?: string } | undefined
  readonly requestId: string
  /** The caller may have sent the same request before. */
  readonly recognise: boolean
  readonly signal: AbortSignal | undefined
}

export const requestForm = /^[\x21-\x7e]{1,128}$/

/** Fails with INVALID_ARGUMENT or INVALID_CONTEXT. */
export function checkPutOptions(options: PutOptions, locations: number): PutRequest {
  const { context = {}, copies = locations, ifRevision, requestId, signal } = options
  checkContext(context)
  if (!Number.isSafeInteger(copies) || copies < 1 || copies > locations)
    refuse(`copies must be an integer from 1 to ${locations}, the number of locations.`)
  if (ifRevision !== undefined && ifRevision !== 0 && !isRevision(ifRevision))
    refuse('ifRevision must be 0 (the name is new) or { revision, digest } of the latest revision.')
  if (requestId !== undefined && !(typeof requestId === 'string' && requestForm.test(requestId)))
    refuse('requestId must have 1 to 128 visible ASCII characters.')
  return {
    context: { ...context },
    copies,
    ifRevision: ifRevision === 0 ? { revision: 0 } : ifRevision,
    requestId: requestId ?? randomUUID(),
    recognise: requestId !== undefined,
    signal,
  }
}

function isRevision(value: { revision: number; digest: string }): boolean {
  return Number.isSafeInteger(value.revision) && value.revision >= 1 && /^[0-9a-f]{64}$/.test(value.digest)
}

function refuse(message: string): never {
  throw new InputError('INVALID_ARGUMENT', message)
}
