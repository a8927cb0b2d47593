import { keyArn } from '../state/arn.js'
import { requireKeyState } from '../state/key-state.js'
import { cryptographicKeyId } from '../state/resolve-key.js'
import { encryptPlaintext } from './encrypt-plaintext.js'
import { defineOperation } from './operation.js'
import { checkRequestOptions, endDryRun } from './request-options.js'
import { requireSymmetric } from './require-usage.js'

/** API Reference, Encrypt. */
export const encrypt = defineOperation({
  name: 'Encrypt',
  run: (input, context) => {
    const key = context.key(input.KeyId, cryptographicKeyId)
    requireKeyState(key, 'cryptographic')
    requireSymmetric(key, context.operation)
    checkRequestOptions(input)
    endDryRun(input.DryRun)
    const { ciphertext } = encryptPlaintext(key, input.Plaintext, input.EncryptionContext)
    return { CiphertextBlob: ciphertext, KeyId: keyArn(key), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' }
  },
})
