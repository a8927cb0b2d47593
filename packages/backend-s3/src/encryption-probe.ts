import { CreateMultipartUploadCommand } from '@aws-sdk/client-s3'
import { abortUpload } from './abort-upload.js'
import type { Caller, S3Requests } from './s3-requests.js'

/**
 * Asks S3, once, how it would encrypt: the answer to a PUT comes when the object is there. The answer to
 * CreateMultipartUpload names the algorithm, the key and the bucket key too, and until its completion there is no object. To
 * remove an object afterwards would empty a slot that somebody else may have seen, or been told that it `exists`.
 */
export function encryptionProbe(requests: S3Requests): (key: string, caller: Caller) => Promise<void> {
  const { client, target, encryption, failure } = requests
  let confirmed = Object.keys(encryption).length === 0
  return async (Key, caller) => {
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
  }
}
