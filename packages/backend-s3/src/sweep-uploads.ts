import { AbortMultipartUploadCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3'
import type { ListMultipartUploadsCommandOutput, S3Client } from '@aws-sdk/client-s3'
import { s3Layout } from './layout.js'
import { isUploadGone } from './s3-errors.js'
import { s3Requests } from './s3-requests.js'

export interface SweepUploadsOptions {
  /** Name or access point of the bucket. */
  bucket: string
  /** That of the backend. Default: none. */
  prefix?: string
  /** That of the backend. Default: none. */
  expectedBucketOwner?: string
  /** Uploads that were begun before this time, in milliseconds since 1970, are removed. Default: a day ago. */
  begunBefore?: number
  /** Called after each upload that was removed. */
  onProgress?: (progress: { uploads: number }) => void
  signal?: AbortSignal | undefined
}

const day = 24 * 60 * 60 * 1000

/**
 * Remove the parts that interrupted uploads left behind, of entries below a prefix. To be run now and then, by whoever may list and abort
 * uploads; a lifecycle rule that aborts incomplete multipart uploads does the same. Safe beside readers and other
 * sweepers; a writer whose upload is removed under it fails, retryable. Returns how many uploads were removed, and how
 * many were left alone because their keys are none of a slot.
 *
 * Fails with UNREACHABLE, THROTTLED, ACCESS_DENIED, LOCATION_NOT_FOUND, BACKEND_FAILED; INVALID_ARGUMENT for a bad
 * prefix. Errors name the bucket as their backend.
 */
export async function sweepUploads(
  client: S3Client,
  options: SweepUploadsOptions,
): Promise<{ uploads: number; malformed: number }> {
  const { bucket, prefix = '', expectedBucketOwner, signal, onProgress } = options
  const { begunBefore = Date.now() - day } = options
  const layout = s3Layout(prefix)
  const { target, failure } = s3Requests({ backend: bucket, client, bucket, expectedBucketOwner })
  const caller = { operation: 'sweepUploads', signal }
  let uploads = 0
  let malformed = 0
  signal?.throwIfAborted()
  try {
    let after: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | undefined = {}
    while (after) {
      const query = new ListMultipartUploadsCommand({ ...target, Prefix: layout.namesPrefix(''), ...after })
      const page: ListMultipartUploadsCommandOutput = await client.send(query, { abortSignal: signal })
      for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
        if (Key === undefined || UploadId === undefined || !Initiated) continue
        if (Initiated.getTime() >= begunBefore) continue
        if (!layout.isEntryKey(Key)) {
          malformed += 1
          continue
        }
        if (!(await abort({ ...target, Key, UploadId }))) continue
        uploads += 1
        onProgress?.({ uploads })
      }
      const { IsTruncated, NextKeyMarker, NextUploadIdMarker } = page
      after = IsTruncated ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker } : undefined
    }
  } catch (error) {
    throw failure(error, caller)
  }
  return { uploads, malformed }

  /** False when it has been completed or removed in the meantime. */
  async function abort(upload: { Bucket: string; Key: string; UploadId: string }): Promise<boolean> {
    try {
      await client.send(new AbortMultipartUploadCommand(upload), { abortSignal: signal })
      return true
    } catch (error) {
      if (isUploadGone(error)) return false
      throw error
    }
  }
}
