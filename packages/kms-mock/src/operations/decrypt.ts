import { keyArn } from '../state/arn.js'
import { decryptCiphertext } from './decrypt-ciphertext.js'
import { defineOperation } from './operation.js'
import { checkRequestOptions, endDryRun } from './request-options.js'

/** API Reference, Decrypt. */
export const decrypt = defineOperation({
  name: 'Decrypt',
  run: (input, context) => {
    checkRequestOptions(input)
    const { key, materialId, plaintext } = decryptCiphertext(
      {
        ciphertext: input.CiphertextBlob,
        keyId: input.KeyId,
        context: input.EncryptionContext,
        dryRun: input.DryRun ?? false,
        ignoreCiphertext: input.DryRunModifiers?.includes('IGNORE_CIPHERTEXT') ?? false,
      },
      context,
    )
    if (input.DryRun === true) plaintext?.fill(0)
    endDryRun(input.DryRun)
    return {
      KeyId: keyArn(key),
      Plaintext: plaintext,
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      KeyMaterialId: materialId,
    }
  },
})
