import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import type { GetObjectCommandOutput, HeadObjectCommandOutput } from '@aws-sdk/client-s3'
import type { ByteRange } from '@sealring/core'
import { encryptionProbe } from './encryption-probe.js'
import { multipartUpload } from './multipart-upload.js'
import type { LargeObject } from './multipart-upload.js'
import { giveUp, objectBody } from './object-body.js'
import { isAbsent, isDeleteMarker, isRangeNotSatisfiable, leavesWriteOpen } from './s3-errors.js'
import { insideRetries, noting, withEtag } from './s3-requests.js'
import type { Caller, Condition, PutResult, S3Requests, Tagged } from './s3-requests.js'
import { digestMetadata } from './slot-stat.js'

export interface KeyPage {
  /** In the order of their UTF-8 bytes. */
  readonly keys: readonly string[]
  readonly commonPrefixes: readonly string[]
  readonly truncated: boolean
}

/** How long an answer speaks for the bucket, in milliseconds. */
const believed = 5 * 60 * 1000

/** The objects of one bucket: each method is one request, but for `head` of what is absent. */
export type S3Objects = ReturnType<typeof s3Objects>

/** Requests to one bucket with errors translated to those of the Backend contract. `probeKey`: see `encryptionProbe`. */
export function s3Objects(requests: S3Requests, probeKey: string) {
  const { client, target, failure, writeFailure, problem, unknown } = requests
  const encryption = encryptionProbe(requests, probeKey)
  let unversionedUntil = 0

  /** An object that was never given a version, not even `null`, is in a bucket whose versioning was never turned on. */
  const learn = ({ VersionId }: { VersionId?: string | undefined }) => {
    unversionedUntil = VersionId === undefined ? performance.now() + believed : 0
  }

  /** `absent`: the object or its bucket. `deleted`: a delete marker hides it. */
  async function peek(
    key: string,
    caller: Caller,
  ): Promise<(HeadObjectCommandOutput & Tagged) | 'absent' | 'deleted'> {
    try {
      const command = new HeadObjectCommand({ ...target, Key: key, ChecksumMode: 'ENABLED' })
      const answer = withEtag(await client.send(command, { abortSignal: caller.signal }))
      learn(answer)
      return answer
    } catch (error) {
      if (isDeleteMarker(error)) return 'deleted'
      if (isAbsent(error)) return 'absent'
      throw failure(error, caller)
    }
  }

  return {
    problem,
    unknown,

    /**
     * Whether the bucket is known to keep no versions: what is read tells, and is believed for some minutes. A write
     * doesn't: while versioning is suspended, its answer has no version id either.
     */
    isUnversioned: () => performance.now() < unversionedUntil,

    peek,

    /** The same, with an error when the bucket is absent; a deleted object is absent too. */
    async head(key: string, caller: Caller): Promise<(HeadObjectCommandOutput & Tagged) | undefined> {
      const seen = await peek(key, caller)
      if (typeof seen === 'object') return seen
      // The answer to HEAD has no body: only this tells an absent object from an absent bucket.
      try {
        if (seen === 'absent')
          await client.send(new HeadBucketCommand(target), { abortSignal: caller.signal })
      } catch (error) {
        throw failure(error, caller)
      }
      return undefined
    },

    /** `beyond` when the range begins after the last byte. */
    async get(
      key: string,
      caller: Caller,
      range?: ByteRange,
    ): Promise<(GetObjectCommandOutput & Tagged & WithBody) | 'beyond' | undefined> {
      const part = range
        ? { Range: `bytes=${range.start}-${range.end - 1}` }
        : { ChecksumMode: 'ENABLED' as const }
      try {
        const command = new GetObjectCommand({ ...target, Key: key, ...part })
        const answer = await client.send(command, { abortSignal: caller.signal })
        const body = objectBody(answer.Body, (error) => failure(error, caller))
        try {
          checkRange(answer.ContentRange, range)
          learn(answer)
          return Object.assign(withEtag(answer), { body })
        } catch (error) {
          await giveUp(body)
          throw error
        }
      } catch (error) {
        if (range && isRangeNotSatisfiable(error)) return 'beyond'
        if (isAbsent(error)) return undefined
        throw failure(error, caller)
      }
    },

    /** S3 compares the bytes with `digest` (hexadecimal SHA-256) before it stores them; it is noted in the metadata too. */
    async put(
      object: { key: string; bytes: Uint8Array; digest: string },
      condition: Condition,
      caller: Caller,
    ): Promise<PutResult> {
      await encryption.confirm(caller)
      const command = new PutObjectCommand({
        ...target,
        Key: object.key,
        Body: object.bytes,
        ContentLength: object.bytes.byteLength,
        ContentType: 'application/octet-stream',
        ChecksumAlgorithm: 'SHA256',
        ChecksumSHA256: Buffer.from(object.digest, 'hex').toString('base64'),
        Metadata: { [digestMetadata]: object.digest },
        ...requests.encryption,
        ...condition,
      })
      const attempts: unknown[] = []
      command.middlewareStack.add(noting(attempts), insideRetries)
      let answer
      try {
        answer = withEtag(await client.send(command, { abortSignal: caller.signal }))
      } catch (error) {
        return requests.refusal(error, attempts, condition, caller)
      }
      encryption.check(answer, caller)
      return { outcome: 'stored', etag: answer.ETag }
    },

    /** The same in parts, for what is not to be held in memory. */
    putLarge: (object: LargeObject, condition: Condition, caller: Caller): Promise<PutResult> =>
      multipartUpload(requests, object, condition, caller),

    async remove(key: string, caller: Caller): Promise<void> {
      const command = new DeleteObjectCommand({ ...target, Key: key })
      const attempts: unknown[] = []
      command.middlewareStack.add(noting(attempts), insideRetries)
      try {
        await client.send(command, { abortSignal: caller.signal })
      } catch (error) {
        if (!isAbsent(error)) throw writeFailure(error, attempts.some(leavesWriteOpen), caller)
      }
    },

    /** The keys with a prefix that come after `after`; with a delimiter, grouped by what it closes. */
    async list(
      query: { prefix: string; after?: string | undefined; delimiter?: string; limit: number },
      caller: Caller,
    ): Promise<KeyPage> {
      const command = new ListObjectsV2Command({
        ...target,
        Prefix: query.prefix,
        Delimiter: query.delimiter,
        StartAfter: query.after,
        MaxKeys: Math.min(query.limit, 1000),
      })
      try {
        const answer = await client.send(command, { abortSignal: caller.signal })
        return {
          keys: (answer.Contents ?? []).flatMap(({ Key }) => Key ?? []),
          commonPrefixes: (answer.CommonPrefixes ?? []).flatMap(({ Prefix }) => Prefix ?? []),
          truncated: answer.IsTruncated === true,
        }
      } catch (error) {
        throw failure(error, caller)
      }
    },
  }
}

interface WithBody {
  /** Must be consumed or returned. */
  readonly body: AsyncIterable<Uint8Array>
}

/** A server that doesn't know ranges, or not this one, answers with other bytes. */
function checkRange(answered: string | undefined, asked: ByteRange | undefined): void {
  if (!asked) return
  const [first, last, size] = answered?.match(/\d+/g)?.map(Number) ?? []
  if (first !== asked.start || size === undefined || last !== Math.min(asked.end, size) - 1)
    throw new TypeError(`Asked for bytes ${asked.start} to ${asked.end - 1}, got ${answered}.`)
}
