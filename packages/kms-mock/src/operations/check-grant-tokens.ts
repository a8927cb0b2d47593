import { grantOfToken } from '../state/grant-token.js'
import type { OperationContext } from './operation.js'

/**
 * Refuses grant tokens that name no grant of the region. Permissions are not enforced yet: a valid token changes
 * nothing else, and may be of another key, as in AWS.
 * @throws KmsError InvalidGrantTokenException
 */
export const checkGrantTokens = (tokens: unknown, { state, caller }: OperationContext): void => {
  if (!Array.isArray(tokens)) return
  for (const token of tokens) if (typeof token === 'string') grantOfToken(state, caller.region, token)
}
