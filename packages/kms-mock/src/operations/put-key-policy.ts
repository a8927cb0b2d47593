import { KmsError, validationError } from '../errors.js'
import { managedKeyId } from '../state/resolve-key.js'
import { checkKeyPolicy, policyName } from './key-policy.js'
import { defineOperation } from './operation.js'

/** API Reference, PutKeyPolicy. The policy is stored as it was given, and not enforced yet. */
export const putKeyPolicy = defineOperation({
  name: 'PutKeyPolicy',
  changesState: true,
  run: (input, context) => {
    const { KeyId, PolicyName = policyName, Policy } = input
    if (PolicyName === 'AWS_RAM') {
      throw validationError('The AWS_RAM policy can only be managed by the RAM service.')
    }
    const key = context.key(KeyId, managedKeyId)
    if (PolicyName !== policyName) throw new KmsError('NotFoundException', 'No such policy exists')
    checkKeyPolicy(input, context.caller)
    key.policy = Policy
    return {}
  },
})
