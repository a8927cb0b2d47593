import { describedKeyId } from '../state/resolve-key.js'
import { keyMetadata } from './key-metadata.js'
import { defineOperation } from './operation.js'

/** API Reference, DescribeKey. */
export const describeKey = defineOperation({
  name: 'DescribeKey',
  run: (input, context) => ({
    KeyMetadata: keyMetadata(context.state, context.key(input.KeyId, describedKeyId)),
  }),
})
