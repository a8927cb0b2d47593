import { makeDataKey } from './data-key.js'
import { defineOperation } from './operation.js'
import { handOver, recipientOf } from './recipient.js'

/** API Reference, GenerateDataKey. */
export const generateDataKey = defineOperation({
  name: 'GenerateDataKey',
  run: (input, context) => {
    const recipient = recipientOf(input.Recipient)
    const { Plaintext, KeyMaterialId, CiphertextBlob, KeyId } = makeDataKey(input, context)
    // The usual answer by itself: spread out of parts, it would take longer than to encrypt the key.
    return recipient === undefined
      ? { CiphertextBlob, KeyId, Plaintext, KeyMaterialId }
      : { CiphertextBlob, KeyId, ...handOver(recipient, 'Plaintext', Plaintext) }
  },
})
