import { required } from '../validation/shape.js'
import * as shapes from '../validation/shapes.js'
import { makeDataKey } from './data-key.js'
import { defineOperation } from './operation.js'

/** API Reference, GenerateDataKey. */
export const generateDataKey = defineOperation({
  name: 'GenerateDataKey',
  input: {
    KeyId: required(shapes.keyId),
    EncryptionContext: shapes.encryptionContext,
    NumberOfBytes: shapes.numberOfBytes,
    KeySpec: shapes.dataKeySpec,
    GrantTokens: shapes.grantTokens,
    Recipient: shapes.recipient,
    DryRun: shapes.boolean,
  },
  run: (input, context) => ({ ...makeDataKey(input, context) }),
})
