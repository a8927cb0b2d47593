import { checkDataKeyPair, encryptDataKeyPair, makeDataKeyPair } from './data-key-pair.js'
import { defineOperation } from './operation.js'
import { endDryRun } from './end-dry-run.js'

/** API Reference, GenerateDataKeyPairWithoutPlaintext. */
export const generateDataKeyPairWithoutPlaintext = defineOperation({
  name: 'GenerateDataKeyPairWithoutPlaintext',
  prepare: (input, context) => {
    checkDataKeyPair(input, context)
    endDryRun(input.DryRun)
    return makeDataKeyPair(input.KeyPairSpec, context)
  },
  run: (input, context, pair) => {
    try {
      return encryptDataKeyPair(input, pair, context)
    } finally {
      pair.privateKey.fill(0)
    }
  },
})
