import { checkDataKeyPair, encryptDataKeyPair, makeDataKeyPair } from './data-key-pair.js'
import { defineOperation } from './operation.js'
import { handOver, recipientOf } from './recipient.js'
import { endDryRun } from './end-dry-run.js'

/** API Reference, GenerateDataKeyPair. */
export const generateDataKeyPair = defineOperation({
  name: 'GenerateDataKeyPair',
  prepare: (input, context) => {
    checkDataKeyPair(input, context)
    recipientOf(input.Recipient)
    endDryRun(input.DryRun)
    return makeDataKeyPair(input.KeyPairSpec, context)
  },
  run: (input, context, pair) => {
    try {
      return {
        ...encryptDataKeyPair(input, pair, context),
        ...handOver(recipientOf(input.Recipient), 'PrivateKeyPlaintext', pair.privateKey),
      }
    } catch (refusal) {
      pair.privateKey.fill(0)
      throw refusal
    }
  },
})
