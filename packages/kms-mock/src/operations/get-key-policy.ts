import { KmsError } from '../errors.js'
import { managedKeyId } from '../state/resolve-key.js'
import { keyPolicy, policyName } from './key-policy.js'
import { defineOperation } from './operation.js'

/** API Reference, GetKeyPolicy. No key is shared through RAM here, so none has a policy AWS_RAM. */
export const getKeyPolicy = defineOperation({
  name: 'GetKeyPolicy',
  run: ({ KeyId, PolicyName = policyName }, context) => {
    const key = context.key(KeyId, managedKeyId)
    if (PolicyName !== policyName) throw new KmsError('NotFoundException', 'No such policy exists')
    return { Policy: keyPolicy(key), PolicyName }
  },
})
