import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { KmsError } from '../errors.js'
import type { Grant } from './grant.js'
import type { KmsKey } from './key.js'
import type { KmsState } from './state.js'

/*
 * A grant token names its grant, and is authenticated under a key that the grant has to itself: it can't be made up,
 * is another one with each CreateGrant, and ends with its grant. Tokens don't age: AWS documents that they can be used
 * at any time (developer guide, "Grant token"), and gives no time for which one outlives its grant.
 */
const separator = '/'
const macLength = 32

const macOf = ({ tokenKey }: Grant, body: Uint8Array): Buffer =>
  createHmac('sha256', Buffer.from(tokenKey, 'hex'))
    .update('sealring kms-mock grant token')
    .update(body)
    .digest()

/** Makes a new token for a grant. */
export const grantToken = ({ accountId, keyId }: KmsKey, grant: Grant): string => {
  const name = [accountId, keyId, grant.grantId, randomBytes(16).toString('hex')].join(separator)
  const body = Buffer.from(name)
  return Buffer.concat([macOf(grant, body), body]).toString('base64')
}

/**
 * Finds the grant of a token, in one region.
 * @throws KmsError InvalidGrantTokenException
 */
export const grantOfToken = (
  state: KmsState,
  region: string,
  token: string,
): { key: KmsKey; grant: Grant } => {
  const bytes = Buffer.from(token, 'base64')
  const body = bytes.subarray(macLength)
  const [accountId = '', keyId = '', grantId = ''] = body.toString().split(separator)
  // Looked at, not made: what a token names may be anything.
  const key = state.accountRegions.get(`${accountId}/${region}`)?.keys.get(keyId)
  const grant = key?.grants?.get(grantId)
  if (
    key === undefined ||
    grant === undefined ||
    bytes.toString('base64') !== token ||
    !timingSafeEqual(bytes.subarray(0, macLength), macOf(grant, body))
  ) {
    throw new KmsError('InvalidGrantTokenException', 'The grant token is not valid.')
  }
  return { key, grant }
}
