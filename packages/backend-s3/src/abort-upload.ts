import { AbortMultipartUploadCommand } from '@aws-sdk/client-s3'
import type { Caller, S3Requests } from './s3-requests.js'

/** How long a call waits for the removal of its parts once it is aborted, in milliseconds. */
const patience = 2000

/** Best effort: what led here is what the caller has to know, and what is left is found by `sweepUploads`. */
export async function abortUpload(
  { client, target }: S3Requests,
  upload: { Key: string; UploadId: string },
  caller: Caller,
): Promise<void> {
  const { signal } = caller
  const end = new AbortController()
  const soon = () => AbortSignal.timeout(patience).addEventListener('abort', () => end.abort())
  if (signal?.aborted) soon()
  else signal?.addEventListener('abort', soon, { once: true })
  await client
    .send(new AbortMultipartUploadCommand({ ...target, ...upload }), { abortSignal: end.signal })
    .catch(() => {})
    .finally(() => signal?.removeEventListener('abort', soon))
}
