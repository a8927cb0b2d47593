import { KmsError } from '../errors.js'
import { keyArn } from '../state/arn.js'
import type { Grant } from '../state/grant.js'
import type { KmsKey } from '../state/key.js'

/**
 * Refuses what can't be a grant id.
 * @throws KmsError InvalidGrantIdException
 */
export const checkGrantId = (grantId: string): void => {
  if (/^[0-9a-f]{64}$/.test(grantId)) return
  throw new KmsError('InvalidGrantIdException', `Invalid grant id ${grantId}`)
}

/**
 * Finds a grant of a key.
 * @throws KmsError InvalidGrantIdException, NotFoundException
 */
export const grantOfKey = (key: KmsKey, grantId: string): Grant => {
  checkGrantId(grantId)
  const grant = key.grants?.get(grantId)
  if (grant !== undefined) return grant
  throw new KmsError('NotFoundException', `Grant ${grantId} of ${keyArn(key)} is not found.`)
}

/** Retired or revoked, a grant is gone at once; AWS lets it linger for up to some minutes, and promises none. */
export const deleteGrant = (key: KmsKey, { grantId }: Grant): void => void key.grants?.delete(grantId)
