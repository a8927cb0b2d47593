import { describedKeyId } from '../state/resolve-key.js'
import { required } from '../validation/shape.js'
import * as shapes from '../validation/shapes.js'
import { keyMetadata } from './key-metadata.js'
import { defineOperation } from './operation.js'

/** API Reference, DescribeKey. */
export const describeKey = defineOperation({
  name: 'DescribeKey',
  input: { KeyId: required(shapes.keyId), GrantTokens: shapes.grantTokens },
  run: (input, context) => ({
    KeyMetadata: keyMetadata(context.state, context.key(input.KeyId, describedKeyId)),
  }),
})
