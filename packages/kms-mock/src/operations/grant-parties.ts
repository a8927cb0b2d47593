import { KmsError, validationError } from '../errors.js'
import type { Input } from '../model/input.js'
import { accountOfPrincipal, isServicePrincipal } from '../principal.js'
import type { KmsKey } from '../state/key.js'

/**
 * Refuses what is no principal's ARN. The name of a service passes too: services that make grants put their own name
 * there (API Reference, GrantListEntry, "GranteePrincipal").
 * @throws KmsError InvalidArnException
 */
export const checkPrincipal = (principal: string | undefined): void => {
  if (principal === undefined || accountOfPrincipal(principal) !== undefined) return
  if (!isServicePrincipal(principal)) throw new KmsError('InvalidArnException', 'Invalid Arn of a principal')
}

/**
 * Checks who gets and who may retire a grant (API Reference, CreateGrant).
 * @throws KmsError ValidationException, InvalidArnException
 */
export const checkGrantParties = (request: Input<'CreateGrant'>): void => {
  const { GranteePrincipal, GranteeServicePrincipal, RetiringPrincipal, RetiringServicePrincipal } = request
  if ((GranteePrincipal === undefined) === (GranteeServicePrincipal === undefined)) {
    throw validationError(
      'You must specify either GranteePrincipal or GranteeServicePrincipal, but not both.',
    )
  }
  if (RetiringPrincipal !== undefined && RetiringServicePrincipal !== undefined) {
    throw validationError(
      'You can specify either RetiringPrincipal or RetiringServicePrincipal, but not both.',
    )
  }
  if (GranteeServicePrincipal !== undefined) {
    if (request.Constraints?.SourceArn === undefined) {
      throw validationError('A grant for GranteeServicePrincipal must have a SourceArn constraint.')
    }
    if (RetiringPrincipal === undefined && RetiringServicePrincipal === undefined) {
      throw validationError(
        'A grant for GranteeServicePrincipal must have a RetiringPrincipal or a RetiringServicePrincipal.',
      )
    }
  }
  checkPrincipal(GranteePrincipal)
  checkPrincipal(RetiringPrincipal)
}

const mostPairs = 8
const longestValue = 384

/**
 * Checks the constraints of a grant (API Reference, CreateGrant, "Constraints").
 * @throws KmsError ValidationException
 */
export const checkGrantConstraints = (
  key: KmsKey,
  constraints: Input<'CreateGrant'>['Constraints'],
): void => {
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset } = constraints ?? {}
  if (equals !== undefined && subset !== undefined) throw validationError('More than one constraint supplied')
  const context = equals ?? subset
  if (context === undefined) return
  if (key.keySpec !== 'SYMMETRIC_DEFAULT') {
    throw validationError('Encryption context constraints are not supported on asymmetric and HMAC KMS keys.')
  }
  const pairs = Object.entries(context)
  if (pairs.length > mostPairs) {
    throw validationError(`Encryption context constraints must not have more than ${mostPairs} pairs.`)
  }
  if (pairs.some(([, value]) => value.length > longestValue)) {
    throw validationError(
      `Encryption context values in constraints must not exceed ${longestValue} characters.`,
    )
  }
}
