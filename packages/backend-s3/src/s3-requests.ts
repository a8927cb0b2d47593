import type { PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3'
import { BackendError } from '@sealring/core'
import type { BackendErrorCode } from '@sealring/core'
import { encryptionMismatch, encryptionRequest } from './encryption.js'
import type { S3Encryption } from './encryption.js'
import {
  backendError,
  isAbsent,
  isConflict,
  isPreconditionFailed,
  isUploadGone,
  leavesWriteOpen,
  outcomeUnknown,
} from './s3-errors.js'

/** On whose behalf a request is sent: the method of the Backend interface, and its signal. */
export interface Caller {
  readonly operation: string
  readonly signal?: AbortSignal | undefined
}

export interface BucketOptions {
  /** Id of the backend, for errors. */
  readonly backend: string
  readonly client: S3Client
  readonly bucket: string
  readonly expectedBucketOwner?: string | undefined
  readonly encryption?: S3Encryption | undefined
}

export type Condition = Pick<PutObjectCommandInput, 'IfMatch' | 'IfNoneMatch'>

export type PutResult =
  | { readonly outcome: 'stored'; readonly etag: string }
  /**
   * The condition did not hold (`conflict`: or another write was under way). `open`: an attempt before this answer
   * was lost, so that what stands there now may be ours. `error` is S3's answer.
   */
  | {
      readonly outcome: 'refused'
      readonly conflict: boolean
      readonly open: boolean
      readonly error: unknown
    }

/** How requests to one bucket are sent, and what their failures become. */
export type S3Requests = ReturnType<typeof s3Requests>

export function s3Requests(options: BucketOptions) {
  const { backend, client, bucket, expectedBucketOwner, encryption } = options
  const failed = ({ operation }: Caller) => ({ backend, bucket, operation })

  /** What to throw: the signal's reason when the caller aborted, otherwise a BackendError. */
  const failure = (error: unknown, caller: Caller): unknown =>
    caller.signal?.aborted ? caller.signal.reason : backendError(error, failed(caller))

  /** The same for a write that may have been carried out (`open`). */
  const writeFailure = (error: unknown, open: boolean, caller: Caller): unknown =>
    open && !caller.signal?.aborted ? outcomeUnknown(error, failed(caller)) : failure(error, caller)

  const problem = (code: BackendErrorCode, says: string, { operation }: Caller, cause?: unknown) =>
    new BackendError(code, `"${operation}" at "${backend}" (bucket ${bucket}): ${says}.`, {
      backend,
      operation,
      retryable: code === 'BACKEND_FAILED' || code === 'WRITE_CONFLICT',
      cause,
    })

  return {
    client,
    /** What every request has. */
    target: {
      Bucket: bucket,
      ...(expectedBucketOwner !== undefined && { ExpectedBucketOwner: expectedBucketOwner }),
    },
    failure,
    writeFailure,

    /** Something that no error of S3's stands for. BACKEND_FAILED and WRITE_CONFLICT are `retryable`, the others aren't. */
    problem,

    /** What a write asks of S3's own encryption, and the error when an answer says that it isn't so. */
    encryption: encryptionRequest(encryption),
    checkEncryption(answer: Parameters<typeof encryptionMismatch>[1], caller: Caller): void {
      const mismatch = encryptionMismatch(encryption, answer)
      if (mismatch !== undefined) throw problem('ENCRYPTION_NOT_APPLIED', mismatch, caller)
    },

    /** A write of which only the loss of an attempt is known. */
    unknown: (error: unknown, caller: Caller) => outcomeUnknown(error, failed(caller)),

    /** The answer to a conditional write that failed; throws when that says something else than that it was refused. */
    refusal(error: unknown, attempts: readonly unknown[], condition: Condition, caller: Caller): PutResult {
      const conflict = isConflict(error)
      const open = error instanceof MissingEtag || attempts.some(leavesWriteOpen)
      if (caller.signal?.aborted) throw failure(error, caller)
      const absent = 'IfMatch' in condition && isAbsent(error)
      // An upload that has gone since an attempt was lost may be the object by now.
      if (isPreconditionFailed(error) || conflict || absent || (open && isUploadGone(error)))
        return { outcome: 'refused', conflict, open, error }
      throw writeFailure(error, open, caller)
    },
  }
}

export interface Tagged {
  readonly ETag: string
}

/** No S3 does that; without it no version token can be given. */
class MissingEtag extends Error {
  override readonly name = 'MissingEtag'
}

export function withEtag<Answer extends { ETag?: string | undefined }>(answer: Answer): Answer & Tagged {
  const { ETag } = answer
  if (ETag === undefined) throw new MissingEtag('The answer has no ETag.')
  return Object.assign(answer, { ETag })
}

/**
 * Middleware that notes what each attempt fails with while the SDK retries: the last error alone doesn't tell whether
 * an attempt before it may have been carried out.
 */
export const noting =
  (failures: unknown[]) =>
  <Args, Result>(next: (args: Args) => Promise<Result>) =>
  async (args: Args): Promise<Result> => {
    try {
      return await next(args)
    } catch (error) {
      failures.push(error)
      throw error
    }
  }

export const insideRetries = { step: 'finalizeRequest', priority: 'low', name: 'sealringAttempts' } as const
