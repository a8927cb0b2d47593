import type { KeyringNode } from '@aws-crypto/material-management-node'
import { SealringError } from '../errors.js'
import { memberOf, unwrapAlone, type DataKeysToUnwrap } from '../keyring/member.js'
import { withinTime } from '../keyring/within-time.js'
import { failedAttempt, type AttemptCode } from './attempt-code.js'

export interface Answer {
  readonly code: AttemptCode
  readonly reason?: string
  readonly detail?: string
}

/** Our messages hold no key bytes, and neither do AWS's; of others' errors only the name is shown. */
function detailOf(error: unknown): { readonly detail?: string } {
  return error instanceof SealringError ? { detail: error.message } : {}
}

/** What one keyring makes of data keys. `fits` judges a data key that it gives, which is zeroed then. */
export async function askKeyring(
  keyring: KeyringNode,
  toUnwrap: DataKeysToUnwrap,
  milliseconds: number,
  fits: (dataKey: Uint8Array) => boolean,
): Promise<Answer> {
  try {
    const dataKey = await withinTime(unwrapAlone(memberOf('explainKeyring', keyring), toUnwrap), milliseconds)
    if (dataKey === undefined) return { code: 'NOT_MINE' }
    try {
      return { code: fits(dataKey) ? 'OPENS' : 'WRONG_DATA_KEY' }
    } finally {
      dataKey.fill(0)
    }
  } catch (error) {
    return { ...failedAttempt(error), ...detailOf(error) }
  }
}
