import { KmsError } from './errors.js'

/** On whose behalf, and in which region, an operation runs. */
export interface Caller {
  /** For example `us-east-1`. */
  region: string
  /** Twelve digits. */
  accountId: string
}

const credentialPattern =
  /Credential=([^/\s,]{1,256})\/[^/\s,]{1,64}\/([^/\s,]{1,256})\/[^/\s,]{1,64}\/aws4_request/
const regionPattern = /^[a-z0-9-]{1,32}$/
const accountPattern = /^\d{12}$/

/**
 * Reads the caller from a SigV4 `Authorization` header: the region of the credential scope, and the
 * account if the access key id is one (twelve digits). The signature itself is not looked at, and
 * whatever the header doesn't say comes from `fallback`.
 * @throws KmsError IncompleteSignatureException for a scope that names no region
 */
export const callerFromAuthorization = (authorization: string | undefined, fallback: Caller): Caller => {
  const scope = authorization === undefined ? null : credentialPattern.exec(authorization)
  if (scope === null) return fallback
  const [, accessKeyId, region] = scope
  if (region === undefined || !regionPattern.test(region)) {
    throw new KmsError('IncompleteSignatureException', 'Credential should be scoped to a valid region.')
  }
  const accountId =
    accessKeyId !== undefined && accountPattern.test(accessKeyId) ? accessKeyId : fallback.accountId
  return { region, accountId }
}

/** Whether both parts have the form that ARNs are made of. */
export const isCaller = ({ region, accountId }: Caller): boolean =>
  typeof region === 'string' &&
  regionPattern.test(region) &&
  typeof accountId === 'string' &&
  accountPattern.test(accountId)
