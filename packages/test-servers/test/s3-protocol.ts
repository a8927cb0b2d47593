import type { S3Client } from '@aws-sdk/client-s3'
import type { ProtocolCase } from './protocol-case.js'
import { S3_CONDITION_CASES } from './s3-condition-cases.js'
import { S3_LISTING_CASES } from './s3-listing-cases.js'
import { S3_OBJECT_CASES } from './s3-object-cases.js'

/** What `backend-s3` relies on, one case each. */
export const S3_PROTOCOL: readonly ProtocolCase<S3Client>[] = [
  ...S3_OBJECT_CASES,
  ...S3_CONDITION_CASES,
  ...S3_LISTING_CASES,
]
