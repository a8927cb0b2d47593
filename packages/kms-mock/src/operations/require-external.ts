import { KmsError } from '../errors.js'
import { keyArn } from '../state/arn.js'
import type { KmsKey } from '../state/key.js'

/**
 * Refuses a key that isn't made for imported material (KMS Developer Guide, key state table, note 9).
 * @throws KmsError UnsupportedOperationException
 */
export const requireExternal = (key: KmsKey): void => {
  if (key.origin === 'EXTERNAL') return
  throw new KmsError(
    'UnsupportedOperationException',
    `${keyArn(key)} origin is ${key.origin} which is not valid for this operation.`,
  )
}
