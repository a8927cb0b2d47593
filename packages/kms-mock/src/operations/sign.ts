import { copyOf } from '../bytes.js'
import { sign as makeSignature } from '../cryptography/signature.js'
import { keyArn } from '../state/arn.js'
import { cryptographicKey, materialOf } from './cryptographic-key.js'
import { defineOperation } from './operation.js'
import { endDryRun } from './end-dry-run.js'
import { requireAlgorithm } from './require-usage.js'

/** API Reference, Sign. */
export const sign = defineOperation({
  name: 'Sign',
  run: async (input, context) => {
    const key = cryptographicKey(input.KeyId, 'SIGN_VERIFY', context)
    const algorithm = requireAlgorithm(key, 'SIGN_VERIFY', input.SigningAlgorithm)
    // A dry run tells of a message that can't be signed, so it signs too.
    const signature = await makeSignature(
      key.keySpec,
      materialOf(key).bytes,
      algorithm,
      copyOf(input.Message),
      input.MessageType,
    )
    endDryRun(input.DryRun)
    return { KeyId: keyArn(key), Signature: signature, SigningAlgorithm: algorithm }
  },
})
