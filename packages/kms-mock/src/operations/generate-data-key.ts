import { makeDataKey } from './data-key.js'
import { defineOperation } from './operation.js'
import { handOver, recipientOf } from './recipient.js'

/** API Reference, GenerateDataKey. */
export const generateDataKey = defineOperation({
  name: 'GenerateDataKey',
  run: (input, context) => {
    const recipient = recipientOf(input.Recipient)
    const { Plaintext, KeyMaterialId, ...output } = makeDataKey(input, context)
    return {
      ...output,
      ...handOver(recipient, 'Plaintext', Plaintext),
      ...(recipient === undefined && { KeyMaterialId }),
    }
  },
})
