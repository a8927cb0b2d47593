import { encapsulate as makeSecret } from '../cryptography/encapsulation.js'
import { keyArn } from '../state/arn.js'
import { cryptographicKey, materialOf } from './cryptographic-key.js'
import { defineOperation } from './operation.js'
import { endDryRun } from './end-dry-run.js'
import { requireAlgorithm } from './require-usage.js'

/** API Reference, Encapsulate. */
export const encapsulate = defineOperation({
  name: 'Encapsulate',
  run: async (input, context) => {
    const key = cryptographicKey(input.KeyId, 'ENCAPSULATE_DECAPSULATE', context)
    const algorithm = requireAlgorithm(key, 'ENCAPSULATE_DECAPSULATE', input.EncapsulationAlgorithm)
    endDryRun(input.DryRun)
    const { sharedSecret, ciphertext } = await makeSecret(key.keySpec, materialOf(key).bytes)
    return {
      KeyId: keyArn(key),
      SharedSecret: sharedSecret,
      SharedSecretCiphertextBlob: ciphertext,
      EncapsulationAlgorithm: algorithm,
    }
  },
})
