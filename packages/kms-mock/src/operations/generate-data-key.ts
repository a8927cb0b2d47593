import { makeDataKey } from './data-key.js'
import { defineOperation } from './operation.js'

/** API Reference, GenerateDataKey. */
export const generateDataKey = defineOperation({
  name: 'GenerateDataKey',
  run: (input, context) => ({ ...makeDataKey(input, context) }),
})
