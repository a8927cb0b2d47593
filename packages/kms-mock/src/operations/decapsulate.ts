import { copyOf } from '../bytes.js'
import { decapsulate as openSecret } from '../cryptography/encapsulation.js'
import { keyArn } from '../state/arn.js'
import { cryptographicKey, materialOf } from './cryptographic-key.js'
import { defineOperation } from './operation.js'
import { endDryRun } from './end-dry-run.js'
import { requireAlgorithm } from './require-usage.js'

/** API Reference, Decapsulate. A ciphertext of another key gives another secret, not an error: implicit rejection. */
export const decapsulate = defineOperation({
  name: 'Decapsulate',
  run: async (input, context) => {
    const key = cryptographicKey(input.KeyId, 'ENCAPSULATE_DECAPSULATE', context)
    const algorithm = requireAlgorithm(key, 'ENCAPSULATE_DECAPSULATE', input.EncapsulationAlgorithm)
    // A dry run tells of a ciphertext of the wrong length, so it decapsulates too.
    const secret = await openSecret(
      key.keySpec,
      materialOf(key).bytes,
      copyOf(input.SharedSecretCiphertextBlob),
    )
    if (input.DryRun === true) secret.fill(0)
    endDryRun(input.DryRun)
    return { KeyId: keyArn(key), SharedSecret: secret, EncapsulationAlgorithm: algorithm }
  },
})
