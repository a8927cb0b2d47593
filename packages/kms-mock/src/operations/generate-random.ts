import { KmsError, validationError } from '../errors.js'
import { requireCluster } from './cloud-hsm-key-store.js'
import { ownKeyStore, requireConnection } from './custom-key-store.js'
import { defineOperation } from './operation.js'
import { handOver, recipientOf } from './recipient.js'

/** API Reference, GenerateRandom. */
export const generateRandom = defineOperation({
  name: 'GenerateRandom',
  run: (input, context) => {
    if (input.NumberOfBytes === undefined) {
      throw validationError('NumberOfBytes is required.')
    }
    if (input.CustomKeyStoreId !== undefined) {
      const store = ownKeyStore(context.state, context.caller, input.CustomKeyStoreId)
      if (store.type !== 'AWS_CLOUDHSM') {
        throw new KmsError(
          'UnsupportedOperationException',
          'Random bytes come from AWS CloudHSM key stores only, not from external key stores.',
        )
      }
      requireConnection(store, 'CONNECTED')
      // Which error a cluster that is down leads to is said nowhere; of those that the operation declares, one fits.
      requireCluster(context.outside, store, 'CustomKeyStoreInvalidStateException')
    }
    return handOver(recipientOf(input.Recipient), 'Plaintext', context.keySource.random(input.NumberOfBytes))
  },
})
