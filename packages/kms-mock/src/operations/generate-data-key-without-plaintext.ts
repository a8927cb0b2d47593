import { makeDataKey } from './data-key.js'
import { defineOperation } from './operation.js'

/** API Reference, GenerateDataKeyWithoutPlaintext. */
export const generateDataKeyWithoutPlaintext = defineOperation({
  name: 'GenerateDataKeyWithoutPlaintext',
  run: (input, context) => {
    const { Plaintext, ...output } = makeDataKey(input, context)
    Plaintext.fill(0)
    return output
  },
})
