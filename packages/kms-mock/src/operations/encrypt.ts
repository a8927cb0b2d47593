import { keyArn } from '../state/arn.js'
import { cryptographicKey } from './cryptographic-key.js'
import { checkPlaintextSize, encryptWith, refuseContext } from './encrypt-plaintext.js'
import { defineOperation } from './operation.js'
import { endDryRun } from './end-dry-run.js'
import { requireAlgorithm } from './require-usage.js'

/** API Reference, Encrypt. */
export const encrypt = defineOperation({
  name: 'Encrypt',
  run: (input, context) => {
    const { Plaintext, EncryptionContext } = input
    const key = cryptographicKey(input.KeyId, 'ENCRYPT_DECRYPT', context)
    const algorithm = requireAlgorithm(
      key,
      'ENCRYPT_DECRYPT',
      input.EncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT',
    )
    refuseContext(algorithm, EncryptionContext)
    checkPlaintextSize(key, algorithm, Plaintext.length)
    endDryRun(input.DryRun)
    const { ciphertext } = encryptWith(algorithm, key, Plaintext, EncryptionContext, context.keySource)
    return { CiphertextBlob: ciphertext, KeyId: keyArn(key), EncryptionAlgorithm: algorithm }
  },
})
