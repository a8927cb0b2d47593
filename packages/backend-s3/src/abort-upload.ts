import { AbortMultipartUploadCommand } from '@aws-sdk/client-s3'
import type { Caller, S3Requests } from './s3-requests.js'

/** How long an aborted call waits for the removal of its parts, in milliseconds. */
const patience = 2000

/** Best effort: what led here is what the caller has to know, and what is left is found by `sweepUploads`. */
export async function abortUpload(
  { client, target }: S3Requests,
  upload: { Key: string; UploadId: string },
  caller: Caller,
): Promise<void> {
  const abortSignal = caller.signal?.aborted ? AbortSignal.timeout(patience) : caller.signal
  await client
    .send(new AbortMultipartUploadCommand({ ...target, ...upload }), { abortSignal })
    .catch(() => {})
}
