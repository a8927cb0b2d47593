import { InputError } from '@sealring/core'

/** Encryption by S3 itself (SSE-KMS), beneath Sealring's own: somebody who reads the bucket needs a right to this key as well. */
export interface S3Encryption {
  /** Id or ARN of a KMS key, or an alias. Default: the account's key for S3, `aws/s3`. */
  kmsKeyId?: string
  /** Use an S3 bucket key, which saves most calls of KMS. Default: as the bucket is configured. */
  bucketKey?: boolean
}

interface EncryptionAnswer {
  readonly ServerSideEncryption?: string | undefined
  readonly SSEKMSKeyId?: string | undefined
  readonly BucketKeyEnabled?: boolean | undefined
}

/** What a write asks for. */
export function encryptionRequest(encryption: S3Encryption | undefined) {
  if (!encryption) return {}
  const { kmsKeyId, bucketKey } = encryption
  return {
    ServerSideEncryption: 'aws:kms' as const,
    ...(kmsKeyId !== undefined && { SSEKMSKeyId: kmsKeyId }),
    ...(bucketKey !== undefined && { BucketKeyEnabled: bucketKey }),
  }
}

/** In which point an answer is not what was asked for; `undefined` when it is. */
export function encryptionMismatch(
  encryption: S3Encryption | undefined,
  answer: EncryptionAnswer,
): string | undefined {
  if (!encryption) return undefined
  const { kmsKeyId, bucketKey } = encryption
  const { ServerSideEncryption: algorithm, SSEKMSKeyId: key, BucketKeyEnabled = false } = answer
  if (algorithm !== 'aws:kms') return `asked for SSE-KMS, S3 says ${algorithm ?? 'nothing'}`
  // What an alias stands for is not told.
  if (kmsKeyId !== undefined && !/(^|:)alias\//.test(kmsKeyId) && idOf(key) !== idOf(kmsKeyId))
    return `asked for the KMS key ${kmsKeyId}, S3 says ${key ?? 'nothing'}`
  if (bucketKey !== undefined && BucketKeyEnabled !== bucketKey)
    return `asked for ${bucketKey ? 'a' : 'no'} bucket key, S3 says ${BucketKeyEnabled ? 'there is one' : 'none'}`
  return undefined
}

/** Fails with INVALID_ARGUMENT. */
export function checkEncryption(encryption: S3Encryption | undefined): void {
  if (encryption?.kmsKeyId === '') throw new InputError('INVALID_ARGUMENT', 'A KMS key id is not empty.')
}

/** S3 answers by the ARN of a key, whatever it was asked for by. */
const idOf = (key: string | undefined) => key?.replace(/^arn:.*:key\//, '')
