import { keyArn } from '../state/arn.js'
import { onceThere } from '../when-done.js'
import { cryptographicKey } from './cryptographic-key.js'
import { decryptCiphertext } from './decrypt-ciphertext.js'
import { checkPlaintextSize, encryptWith, refuseContext } from './encrypt-plaintext.js'
import { defineOperation } from './operation.js'
import { endDryRun } from './end-dry-run.js'
import { requireAlgorithm } from './require-usage.js'

/** API Reference, ReEncrypt. The plaintext never leaves this function. */
export const reEncrypt = defineOperation({
  name: 'ReEncrypt',
  run: (input, context) => {
    const destination = cryptographicKey(input.DestinationKeyId, 'ENCRYPT_DECRYPT', context)
    const algorithm = requireAlgorithm(
      destination,
      'ENCRYPT_DECRYPT',
      input.DestinationEncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT',
    )
    refuseContext(algorithm, input.DestinationEncryptionContext)
    const sourceAlgorithm = input.SourceEncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT'
    const decrypted = decryptCiphertext(
      {
        ciphertext: input.CiphertextBlob,
        keyId: input.SourceKeyId,
        context: input.SourceEncryptionContext,
        algorithm: sourceAlgorithm,
        dryRun: input.DryRun ?? false,
        ignoreCiphertext: input.DryRunModifiers?.includes('IGNORE_CIPHERTEXT') ?? false,
      },
      context,
    )
    return onceThere(decrypted, (source) => {
      const plaintext = source.plaintext ?? Buffer.alloc(0)
      try {
        checkPlaintextSize(destination, algorithm, plaintext.length)
        endDryRun(input.DryRun)
        const { ciphertext, materialId } = encryptWith(
          algorithm,
          destination,
          plaintext,
          input.DestinationEncryptionContext,
          context.keySource,
        )
        return {
          CiphertextBlob: ciphertext,
          SourceKeyId: keyArn(source.key),
          KeyId: keyArn(destination),
          SourceEncryptionAlgorithm: sourceAlgorithm,
          DestinationEncryptionAlgorithm: algorithm,
          ...(source.materialId !== undefined && { SourceKeyMaterialId: source.materialId }),
          ...(materialId !== undefined && { DestinationKeyMaterialId: materialId }),
        }
      } finally {
        plaintext.fill(0)
      }
    })
  },
})
