import { managedKeyId } from '../state/resolve-key.js'
import { policyName } from './key-policy.js'
import { defineOperation } from './operation.js'

/** API Reference, ListKeyPolicies. It declares no error for a marker, and one policy needs none. */
export const listKeyPolicies = defineOperation({
  name: 'ListKeyPolicies',
  run: ({ KeyId }, context) => {
    context.key(KeyId, managedKeyId)
    return { PolicyNames: [policyName], Truncated: false }
  },
})
