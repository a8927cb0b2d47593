import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3'
import type { PutObjectCommandOutput } from '@aws-sdk/client-s3'
import { abortUpload } from './abort-upload.js'
import type { Caller, S3Requests } from './s3-requests.js'

/**
 * Whether S3 encrypts as it was asked to. It is asked once before the first write: the answer to a PUT comes when the object is there. The answer to
 * CreateMultipartUpload names the algorithm, the key and the bucket key too, and until its completion there is no object. To
 * remove an object afterwards would empty a slot that somebody else may have seen, or been told that it `exists`. `Key` is an entry's, so that `sweepUploads` finds what could not be
 * removed.
 */
export function encryptionProbe(requests: S3Requests, Key: string) {
  const { client, target, encryption, failure } = requests
  let confirmed = Object.keys(encryption).length === 0
  return {
    /** Fails with ENCRYPTION_NOT_APPLIED before anything is stored. */
    async confirm(caller: Caller): Promise<void> {
      if (confirmed) return
      const command = new CreateMultipartUploadCommand({ ...target, Key, ...encryption })
      let begun
      try {
        begun = await client.send(command, { abortSignal: caller.signal })
      } catch (error) {
        throw failure(error, caller)
      }
      const { UploadId } = begun
      if (UploadId !== undefined) await abortUpload(requests, { Key, UploadId }, caller)
      requests.checkEncryption(begun, caller)
      confirmed = true
    },

    /** The answer to a write that was carried out: OUTCOME_UNKNOWN, since whoever fails otherwise wrote nothing. */
    check(answer: PutObjectCommandOutput, caller: Caller): void {
      try {
        requests.checkEncryption(answer, caller)
      } catch (error) {
        confirmed = false
        throw requests.unknown(error, caller)
      }
    },
  }
}
