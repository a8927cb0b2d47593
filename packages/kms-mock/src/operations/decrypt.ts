import { keyArn } from '../state/arn.js'
import { onceThere } from '../when-done.js'
import { decryptCiphertext } from './decrypt-ciphertext.js'
import { defineOperation } from './operation.js'
import { handOver, recipientOf } from './recipient.js'
import { endDryRun } from './end-dry-run.js'

/** API Reference, Decrypt. */
export const decrypt = defineOperation({
  name: 'Decrypt',
  run: (input, context) => {
    const algorithm = input.EncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT'
    const recipient = recipientOf(input.Recipient)
    const decrypted = decryptCiphertext(
      {
        ciphertext: input.CiphertextBlob,
        keyId: input.KeyId,
        context: input.EncryptionContext,
        algorithm,
        dryRun: input.DryRun ?? false,
        ignoreCiphertext: input.DryRunModifiers?.includes('IGNORE_CIPHERTEXT') ?? false,
      },
      context,
    )
    return onceThere(decrypted, ({ key, materialId, plaintext }) => {
      if (input.DryRun === true) plaintext?.fill(0)
      endDryRun(input.DryRun)
      const KeyId = keyArn(key)
      // The usual answer by itself: spread out of parts, it takes ten times as long.
      if (recipient === undefined && materialId !== undefined) {
        return { KeyId, Plaintext: plaintext!, EncryptionAlgorithm: algorithm, KeyMaterialId: materialId }
      }
      return { KeyId, ...handOver(recipient, 'Plaintext', plaintext!), EncryptionAlgorithm: algorithm }
    })
  },
})
