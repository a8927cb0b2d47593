import { required } from '../validation/shape.js'
import * as shapes from '../validation/shapes.js'
import { makeDataKey } from './data-key.js'
import { defineOperation } from './operation.js'

/** API Reference, GenerateDataKeyWithoutPlaintext. */
export const generateDataKeyWithoutPlaintext = defineOperation({
  name: 'GenerateDataKeyWithoutPlaintext',
  input: {
    KeyId: required(shapes.keyId),
    EncryptionContext: shapes.encryptionContext,
    KeySpec: shapes.dataKeySpec,
    NumberOfBytes: shapes.numberOfBytes,
    GrantTokens: shapes.grantTokens,
    DryRun: shapes.boolean,
  },
  run: (input, context) => {
    const { Plaintext, ...output } = makeDataKey(input, context)
    Plaintext.fill(0)
    return output
  },
})
