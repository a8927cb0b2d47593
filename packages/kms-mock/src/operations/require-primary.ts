import { KmsError } from '../errors.js'
import { keyArn } from '../state/arn.js'
import type { KmsKey } from '../state/key.js'
import { isPrimary } from '../state/state.js'

/**
 * Refuses a single-Region key.
 * @throws KmsError UnsupportedOperationException
 */
export const requireMultiRegion = (key: KmsKey): void => {
  if (key.primaryRegion !== undefined) return
  throw new KmsError('UnsupportedOperationException', `${keyArn(key)} is not a multi-Region key.`)
}

/**
 * Refuses a key that is no multi-Region primary.
 * @throws KmsError UnsupportedOperationException
 */
export const requirePrimary = (key: KmsKey): void => {
  if (isPrimary(key)) return
  throw new KmsError('UnsupportedOperationException', `${keyArn(key)} is not a multi-Region primary key.`)
}
