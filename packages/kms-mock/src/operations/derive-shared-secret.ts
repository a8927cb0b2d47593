import { copyOf } from '../bytes.js'
import { deriveSharedSecret as agree } from '../cryptography/key-agreement.js'
import { keyArn } from '../state/arn.js'
import { cryptographicKey, materialOf } from './cryptographic-key.js'
import { defineOperation } from './operation.js'
import { handOver, recipientOf } from './recipient.js'
import { endDryRun } from './end-dry-run.js'
import { requireAlgorithm } from './require-usage.js'

/** API Reference, DeriveSharedSecret. */
export const deriveSharedSecret = defineOperation({
  name: 'DeriveSharedSecret',
  run: async (input, context) => {
    const key = cryptographicKey(input.KeyId, 'KEY_AGREEMENT', context)
    const algorithm = requireAlgorithm(key, 'KEY_AGREEMENT', input.KeyAgreementAlgorithm)
    const recipient = recipientOf(input.Recipient)
    // A dry run tells of a public key that isn't one, so it derives too.
    const secret = await agree(key.keySpec, materialOf(key).bytes, copyOf(input.PublicKey))
    if (input.DryRun === true) secret.fill(0)
    endDryRun(input.DryRun)
    return {
      KeyId: keyArn(key),
      ...handOver(recipient, 'SharedSecret', secret),
      KeyAgreementAlgorithm: algorithm,
      KeyOrigin: key.origin,
    }
  },
})
