import { KmsError } from '../errors.js'
import { keyArn } from '../state/arn.js'
import { isRotatable } from '../state/key.js'
import type { KmsKey } from '../state/key.js'
import { isReplica } from '../state/state.js'

/**
 * Refuses a key whose material can't be rotated: only symmetric encryption keys outside custom key stores are, those with
 * imported material only on demand (KMS Developer Guide, key state table, notes 6 and 7).
 * @throws KmsError UnsupportedOperationException
 */
export const requireRotatable = (key: KmsKey, { imported }: { imported: boolean }): void => {
  if (isRotatable(key) && (imported || key.origin !== 'EXTERNAL')) return
  const [what, value] =
    key.keySpec === 'SYMMETRIC_DEFAULT' ? ['origin', key.origin] : ['key spec', key.keySpec]
  throw new KmsError(
    'UnsupportedOperationException',
    `${keyArn(key)} ${what} is ${value} which is not valid for this operation.`,
  )
}

/**
 * Refuses a replica: rotation is set on the primary, for all related keys.
 * @throws KmsError UnsupportedOperationException
 */
export const refuseReplica = (key: KmsKey): void => {
  if (!isReplica(key)) return
  throw new KmsError(
    'UnsupportedOperationException',
    `${keyArn(key)} is a multi-Region replica key, which is not valid for this operation.`,
  )
}
