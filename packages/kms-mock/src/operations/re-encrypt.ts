import { keyArn } from '../state/arn.js'
import { requireKeyState } from '../state/key-state.js'
import { cryptographicKeyId } from '../state/resolve-key.js'
import { decryptCiphertext } from './decrypt-ciphertext.js'
import { encryptPlaintext } from './encrypt-plaintext.js'
import { defineOperation } from './operation.js'
import { checkAlgorithm, checkRequestOptions, endDryRun } from './request-options.js'
import { requireSymmetric } from './require-usage.js'

/** API Reference, ReEncrypt. The plaintext never leaves this function. */
export const reEncrypt = defineOperation({
  name: 'ReEncrypt',
  run: (input, context) => {
    checkRequestOptions(input)
    checkAlgorithm(input.SourceEncryptionAlgorithm)
    checkAlgorithm(input.DestinationEncryptionAlgorithm)
    const destination = context.key(input.DestinationKeyId, cryptographicKeyId)
    requireKeyState(destination, 'cryptographic')
    requireSymmetric(destination, context.operation)
    const source = decryptCiphertext(
      {
        ciphertext: input.CiphertextBlob,
        keyId: input.SourceKeyId,
        context: input.SourceEncryptionContext,
        dryRun: input.DryRun ?? false,
        ignoreCiphertext: input.DryRunModifiers?.includes('IGNORE_CIPHERTEXT') ?? false,
      },
      context,
    )
    const plaintext = source.plaintext ?? Buffer.alloc(0)
    try {
      endDryRun(input.DryRun)
      const { ciphertext, materialId } = encryptPlaintext(
        destination,
        plaintext,
        input.DestinationEncryptionContext,
      )
      return {
        CiphertextBlob: ciphertext,
        SourceKeyId: keyArn(source.key),
        KeyId: keyArn(destination),
        SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
        SourceKeyMaterialId: source.materialId,
        DestinationKeyMaterialId: materialId,
      }
    } finally {
      plaintext.fill(0)
    }
  },
})
