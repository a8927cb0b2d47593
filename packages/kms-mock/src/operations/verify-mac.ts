import { asBuffer } from '../bytes.js'
import { verifyMac as isMac } from '../cryptography/mac.js'
import { KmsError } from '../errors.js'
import { keyArn } from '../state/arn.js'
import { cryptographicKey, materialOf } from './cryptographic-key.js'
import { defineOperation } from './operation.js'
import { endDryRun } from './end-dry-run.js'
import { requireAlgorithm } from './require-usage.js'

/** API Reference, VerifyMac. A MAC that isn't valid is an error, never `MacValid: false`. */
export const verifyMac = defineOperation({
  name: 'VerifyMac',
  run: (input, context) => {
    const key = cryptographicKey(input.KeyId, 'GENERATE_VERIFY_MAC', context)
    const algorithm = requireAlgorithm(key, 'GENERATE_VERIFY_MAC', input.MacAlgorithm)
    const { bytes } = materialOf(key)
    if (!isMac(key.keySpec, bytes, algorithm, asBuffer(input.Message), asBuffer(input.Mac))) {
      throw new KmsError('KMSInvalidMacException', 'The MAC is not valid.')
    }
    endDryRun(input.DryRun)
    return { KeyId: keyArn(key), MacValid: true, MacAlgorithm: algorithm }
  },
})
