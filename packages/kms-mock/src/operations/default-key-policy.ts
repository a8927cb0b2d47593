import type { KmsKey } from '../state/key.js'
import { partitionOf } from '../state/arn.js'

/** The key policy of a key that was given none (KMS Developer Guide, "Default key policy"). */
export const defaultKeyPolicy = ({ accountId, region }: Pick<KmsKey, 'accountId' | 'region'>): string =>
  JSON.stringify(
    {
      Version: '2012-10-17',
      Id: 'key-default-1',
      Statement: [
        {
          Sid: 'Enable IAM User Permissions',
          Effect: 'Allow',
          Principal: { AWS: `arn:${partitionOf(region)}:iam::${accountId}:root` },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    },
    null,
    2,
  )
