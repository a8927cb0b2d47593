import { createHash } from 'node:crypto'
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { CompletedPart } from '@aws-sdk/client-s3'
import { checkedStream } from '@sealring/core'
import type { SealedBlob } from '@sealring/core'
import { abortUpload } from './abort-upload.js'
import { cutIntoParts } from './parts.js'
import { leavesWriteOpen } from './s3-errors.js'
import { insideRetries, noting, withEtag } from './s3-requests.js'
import type { Caller, Condition, PutResult, S3Requests } from './s3-requests.js'
import { digestMetadata, partSizeMetadata } from './slot-stat.js'

/** Parts under way at once: while one is sent, the next one is read. So many buffers of one part each are held. */
const partsAtOnce = 2

export interface LargeObject {
  readonly key: string
  readonly blob: SealedBlob
  readonly partBytes: number
}

/**
 * Puts a blob in parts, out of its stream, in constant memory. S3 compares each part with its SHA-256, and the whole
 * with the checksum of these; the object comes into being at the end, under the condition, and only if all bytes had
 * the blob's digest. On failure or abort the parts are removed; an answer to the last request that is lost leaves them,
 * since the object may have been made of them: what is left is found by `sweepUploads`.
 */
export async function multipartUpload(
  requests: S3Requests,
  { key, blob, partBytes }: LargeObject,
  condition: Condition,
  caller: Caller,
): Promise<PutResult> {
  const { client, target, failure } = requests
  const object = { ...target, Key: key }
  const UploadId = await begin()
  const upload = { ...object, UploadId }
  return complete(await sendParts())

  async function begin(): Promise<string> {
    const command = new CreateMultipartUploadCommand({
      ...object,
      ...requests.encryption,
      ContentType: 'application/octet-stream',
      ChecksumAlgorithm: 'SHA256',
      ChecksumType: 'COMPOSITE',
      Metadata: { [digestMetadata]: blob.digest, [partSizeMetadata]: String(partBytes) },
    })
    let begun
    try {
      begun = await client.send(command, { abortSignal: caller.signal })
    } catch (error) {
      // An upload of which only the answer was lost is no object.
      throw failure(error, caller)
    }
    const { UploadId } = begun
    if (UploadId === undefined)
      throw requests.problem('BACKEND_FAILED', 'the answer has no upload id', caller)
    try {
      requests.checkEncryption(begun, caller)
    } catch (error) {
      await abortUpload(requests, { Key: key, UploadId }, caller)
      throw error
    }
    return UploadId
  }

  async function sendParts(): Promise<readonly CompletedPart[]> {
    const stop = new AbortController()
    const signal = caller.signal ? AbortSignal.any([stop.signal, caller.signal]) : stop.signal
    const buffers = Array.from({ length: partsAtOnce }, () => Buffer.allocUnsafeSlow(partBytes))
    const sent: Promise<CompletedPart>[] = []
    const free = async () => {
      caller.signal?.throwIfAborted()
      await sent.at(-partsAtOnce)
      return buffers[sent.length % partsAtOnce]!
    }
    try {
      for await (const bytes of cutIntoParts(checkedStream(blob), free)) {
        const part = sendPart(bytes, sent.length + 1, signal)
        // Whoever waits for it hears of its failure.
        part.catch(() => {})
        sent.push(part)
      }
      return await Promise.all(sent)
    } catch (error) {
      stop.abort()
      await Promise.allSettled(sent)
      await abortUpload(requests, { Key: key, UploadId }, caller)
      throw error
    }
  }

  async function sendPart(
    bytes: Uint8Array,
    PartNumber: number,
    abortSignal: AbortSignal,
  ): Promise<CompletedPart> {
    const ChecksumSHA256 = createHash('sha256').update(bytes).digest('base64')
    const command = new UploadPartCommand({
      ...upload,
      PartNumber,
      Body: bytes,
      ContentLength: bytes.byteLength,
      ChecksumAlgorithm: 'SHA256',
      ChecksumSHA256,
    })
    try {
      const { ETag } = withEtag(await client.send(command, { abortSignal }))
      return { PartNumber, ETag, ChecksumSHA256 }
    } catch (error) {
      throw failure(error, caller)
    }
  }

  async function complete(parts: readonly CompletedPart[]): Promise<PutResult> {
    const command = new CompleteMultipartUploadCommand({
      ...upload,
      MultipartUpload: { Parts: [...parts] },
      MpuObjectSize: blob.size,
      ChecksumType: 'COMPOSITE',
      ChecksumSHA256: composite(parts),
      ...condition,
    })
    const attempts: unknown[] = []
    command.middlewareStack.add(noting(attempts), insideRetries)
    try {
      const answer = await client.send(command, { abortSignal: caller.signal })
      return { outcome: 'stored', etag: withEtag(answer).ETag }
    } catch (error) {
      if (!caller.signal?.aborted && !attempts.some(leavesWriteOpen))
        await abortUpload(requests, { Key: key, UploadId }, caller)
      return requests.refusal(error, attempts, condition, caller)
    }
  }
}

/** SHA-256 of the parts' SHA-256s, and their number: what S3 calls a composite checksum. */
export function composite(parts: readonly CompletedPart[]): string {
  const hash = createHash('sha256')
  for (const { ChecksumSHA256 } of parts) hash.update(Buffer.from(ChecksumSHA256 ?? '', 'base64'))
  return `${hash.digest('base64')}-${parts.length}`
}
