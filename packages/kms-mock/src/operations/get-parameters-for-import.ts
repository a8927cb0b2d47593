import { dayInMilliseconds } from '../clock.js'
import { wrappingAllowed } from '../cryptography/import-wrapping.js'
import type { WrappingAlgorithm } from '../cryptography/import-wrapping.js'
import { generateMaterial, publicKeyOf } from '../cryptography/material.js'
import { KmsError } from '../errors.js'
import type { Input } from '../model/input.js'
import { keyArn, partitionOf } from '../state/arn.js'
import type { KmsKey } from '../state/key.js'
import { requireKeyState } from '../state/key-state.js'
import { managedKeyId } from '../state/resolve-key.js'
import { sealImportToken } from './import-token.js'
import { defineOperation } from './operation.js'
import { requireExternal } from './require-external.js'

/** "Each public key and import token set is valid for 24 hours." */
const validityMs = dayInMilliseconds

const algorithmOf = (key: KmsKey, input: Input<'GetParametersForImport'>): WrappingAlgorithm => {
  const { WrappingAlgorithm: algorithm, WrappingKeySpec: wrappingKeySpec } = input
  // "As of October 10, 2023, KMS does not support the RSAES_PKCS1_V1_5 wrapping algorithm."
  if (algorithm === 'RSAES_PKCS1_V1_5') {
    throw new KmsError('UnsupportedOperationException', `Wrapping algorithm ${algorithm} is not supported.`)
  }
  if (wrappingKeySpec === 'SM2' && partitionOf(key.region) !== 'aws-cn') {
    throw new KmsError(
      'UnsupportedOperationException',
      `Wrapping key spec ${wrappingKeySpec} is not supported in this Region.`,
    )
  }
  if (wrappingAllowed(key.keySpec, wrappingKeySpec, algorithm)) return algorithm
  throw new KmsError(
    'UnsupportedOperationException',
    `Key material of key spec ${key.keySpec} cannot be wrapped with ${input.WrappingAlgorithm} under ${input.WrappingKeySpec}.`,
  )
}

/** API Reference, GetParametersForImport. */
export const getParametersForImport = defineOperation({
  name: 'GetParametersForImport',
  run: async (input, context) => {
    const key = context.key(input.KeyId, managedKeyId)
    requireExternal(key)
    requireKeyState(key, 'import-parameters')
    const algorithm = algorithmOf(key, input)
    const { WrappingKeySpec: wrappingKeySpec } = input
    const wrappingKey = await generateMaterial(wrappingKeySpec)
    try {
      const validTo = context.now + validityMs
      return {
        KeyId: keyArn(key),
        ImportToken: sealImportToken(
          { keyArn: keyArn(key), wrappingKeySpec, algorithm, validTo, wrappingKey },
          context.state.importSecret,
        ),
        PublicKey: await publicKeyOf(wrappingKeySpec, wrappingKey),
        ParametersValidTo: new Date(validTo),
      }
    } finally {
      wrappingKey.fill(0)
    }
  },
})
