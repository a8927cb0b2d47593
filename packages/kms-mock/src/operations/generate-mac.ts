import { asBuffer } from '../bytes.js'
import { generateMac as makeMac } from '../cryptography/mac.js'
import { keyArn } from '../state/arn.js'
import { cryptographicKey, materialOf } from './cryptographic-key.js'
import { defineOperation } from './operation.js'
import { endDryRun } from './end-dry-run.js'
import { requireAlgorithm } from './require-usage.js'

/** API Reference, GenerateMac. */
export const generateMac = defineOperation({
  name: 'GenerateMac',
  run: (input, context) => {
    const key = cryptographicKey(input.KeyId, 'GENERATE_VERIFY_MAC', context)
    const algorithm = requireAlgorithm(key, 'GENERATE_VERIFY_MAC', input.MacAlgorithm)
    endDryRun(input.DryRun)
    return {
      KeyId: keyArn(key),
      Mac: makeMac(key.keySpec, materialOf(key).bytes, algorithm, asBuffer(input.Message)),
      MacAlgorithm: algorithm,
    }
  },
})
