import { keySpecs } from '../cryptography/key-specs.js'
import { publicKeyOf } from '../cryptography/material.js'
import { KmsError } from '../errors.js'
import { keyArn } from '../state/arn.js'
import { requireKeyState } from '../state/key-state.js'
import { describedKeyId } from '../state/resolve-key.js'
import { materialOf } from './cryptographic-key.js'
import { algorithmList } from './key-metadata.js'
import { defineOperation } from './operation.js'

/** API Reference, GetPublicKey. */
export const getPublicKey = defineOperation({
  name: 'GetPublicKey',
  run: async (input, context) => {
    const key = context.key(input.KeyId, describedKeyId)
    requireKeyState(key, 'cryptographic')
    if (!keySpecs[key.keySpec].asymmetric) {
      throw new KmsError(
        'UnsupportedOperationException',
        `${keyArn(key)} key spec is ${key.keySpec} which is not valid for GetPublicKey.`,
      )
    }
    return {
      KeyId: keyArn(key),
      PublicKey: await publicKeyOf(key.keySpec, materialOf(key).bytes),
      CustomerMasterKeySpec: key.keySpec,
      KeySpec: key.keySpec,
      KeyUsage: key.keyUsage,
      ...algorithmList(key),
    }
  },
})
