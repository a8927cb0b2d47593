import { KmsError } from '../errors.js'
import { refuseCustomKeyStore } from './custom-key-store.js'
import { defineOperation } from './operation.js'
import { handOver, recipientOf } from './recipient.js'

/** API Reference, GenerateRandom. */
export const generateRandom = defineOperation({
  name: 'GenerateRandom',
  run: (input, { keySource }) => {
    if (input.NumberOfBytes === undefined) {
      throw new KmsError('ValidationException', 'NumberOfBytes is required.')
    }
    refuseCustomKeyStore(input.CustomKeyStoreId)
    return handOver(recipientOf(input.Recipient), 'Plaintext', keySource.random(input.NumberOfBytes))
  },
})
