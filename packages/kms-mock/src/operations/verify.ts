import { copyOf } from '../bytes.js'
import { verify as isSignature } from '../cryptography/signature.js'
import { KmsError } from '../errors.js'
import { keyArn } from '../state/arn.js'
import { cryptographicKey, materialOf } from './cryptographic-key.js'
import { defineOperation } from './operation.js'
import { endDryRun } from './end-dry-run.js'
import { requireAlgorithm } from './require-usage.js'

/** API Reference, Verify. A signature that isn't valid is an error, never `SignatureValid: false`. */
export const verify = defineOperation({
  name: 'Verify',
  run: async (input, context) => {
    const key = cryptographicKey(input.KeyId, 'SIGN_VERIFY', context)
    const algorithm = requireAlgorithm(key, 'SIGN_VERIFY', input.SigningAlgorithm)
    const valid = await isSignature(
      key.keySpec,
      materialOf(key).bytes,
      algorithm,
      copyOf(input.Message),
      copyOf(input.Signature),
      input.MessageType,
    )
    if (!valid) throw new KmsError('KMSInvalidSignatureException', 'The signature is not valid.')
    endDryRun(input.DryRun)
    return { KeyId: keyArn(key), SignatureValid: true, SigningAlgorithm: algorithm }
  },
})
