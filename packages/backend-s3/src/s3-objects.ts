import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import type {
  GetObjectCommandOutput,
  HeadObjectCommandOutput,
  PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3'
import { BackendError } from '@sealring/core'
import type { ByteRange } from '@sealring/core'
import { giveUp, objectBody } from './object-body.js'
import { digestMetadata } from './slot-stat.js'
import {
  backendError,
  isAbsent,
  isConflict,
  isPreconditionFailed,
  isRangeNotSatisfiable,
  leavesWriteOpen,
  outcomeUnknown,
} from './s3-errors.js'

/** On whose behalf a request is sent: the method of the Backend interface, and its signal. */
export interface Caller {
  readonly operation: string
  readonly signal?: AbortSignal | undefined
}

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

export interface KeyPage {
  /** In the order of their UTF-8 bytes. */
  readonly keys: readonly string[]
  readonly commonPrefixes: readonly string[]
  readonly truncated: boolean
}

/** The objects of one bucket: each method is one request, but for `head` of what is absent. */
export type S3Objects = ReturnType<typeof s3Objects>

/** Requests to one bucket with errors translated to those of the Backend contract. */
export function s3Objects(location: { backend: string; client: S3Client; bucket: string }) {
  const { backend, client, bucket } = location
  const Bucket = bucket
  const failed = ({ operation }: Caller) => ({ backend, bucket, operation })

  /** What to throw: the signal's reason when the caller aborted, otherwise a BackendError. */
  const failure = (error: unknown, caller: Caller): unknown =>
    caller.signal?.aborted ? caller.signal.reason : backendError(error, failed(caller))

  const writeFailure = (error: unknown, open: boolean, caller: Caller): unknown =>
    open && !caller.signal?.aborted ? outcomeUnknown(error, failed(caller)) : failure(error, caller)

  return {
    /** Something that no error of S3's stands for. BACKEND_FAILED is `retryable`, BLOB_TOO_LARGE isn't. */
    problem: (
      code: 'BLOB_TOO_LARGE' | 'BACKEND_FAILED',
      says: string,
      { operation }: Caller,
      cause?: unknown,
    ) =>
      new BackendError(code, `"${operation}" at "${backend}" (bucket ${bucket}): ${says}.`, {
        backend,
        operation,
        retryable: code === 'BACKEND_FAILED',
        cause,
      }),

    /** A write of which only the loss of an attempt is known. */
    unknown: (error: unknown, caller: Caller) => outcomeUnknown(error, failed(caller)),

    async head(key: string, caller: Caller): Promise<(HeadObjectCommandOutput & Tagged) | undefined> {
      const options = { abortSignal: caller.signal }
      try {
        const command = new HeadObjectCommand({ Bucket, Key: key, ChecksumMode: 'ENABLED' })
        return withEtag(await client.send(command, options))
      } catch (error) {
        if (!isAbsent(error)) throw failure(error, caller)
      }
      // The answer has no body: only this tells an absent object from an absent bucket.
      try {
        await client.send(new HeadBucketCommand({ Bucket }), options)
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
        const command = new GetObjectCommand({ Bucket, Key: key, ...part })
        const answer = await client.send(command, { abortSignal: caller.signal })
        const body = objectBody(answer.Body, (error) => failure(error, caller))
        try {
          checkRange(answer.ContentRange, range)
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
      condition: Pick<PutObjectCommandInput, 'IfMatch' | 'IfNoneMatch'>,
      caller: Caller,
    ): Promise<PutResult> {
      const command = new PutObjectCommand({
        Bucket,
        Key: object.key,
        Body: object.bytes,
        ContentLength: object.bytes.byteLength,
        ContentType: 'application/octet-stream',
        ChecksumAlgorithm: 'SHA256',
        ChecksumSHA256: Buffer.from(object.digest, 'hex').toString('base64'),
        Metadata: { [digestMetadata]: object.digest },
        ...condition,
      })
      const attempts: unknown[] = []
      command.middlewareStack.add(noting(attempts), insideRetries)
      try {
        const answer = await client.send(command, { abortSignal: caller.signal })
        return { outcome: 'stored', etag: withEtag(answer).ETag }
      } catch (error) {
        const conflict = isConflict(error)
        const open = error instanceof MissingEtag || attempts.some(leavesWriteOpen)
        if (caller.signal?.aborted) throw failure(error, caller)
        if (isPreconditionFailed(error) || conflict || ('IfMatch' in condition && isAbsent(error)))
          return { outcome: 'refused', conflict, open, error }
        throw writeFailure(error, open, caller)
      }
    },

    async remove(key: string, caller: Caller): Promise<void> {
      const command = new DeleteObjectCommand({ Bucket, Key: key })
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
        Bucket,
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

export interface Tagged {
  readonly ETag: string
}

/** A server that doesn't know ranges, or not this one, answers with other bytes. */
function checkRange(answered: string | undefined, asked: ByteRange | undefined): void {
  if (!asked) return
  const [first, last, size] = answered?.match(/\d+/g)?.map(Number) ?? []
  if (first !== asked.start || size === undefined || last !== Math.min(asked.end, size) - 1)
    throw new TypeError(`Asked for bytes ${asked.start} to ${asked.end - 1}, got ${answered}.`)
}

/** No S3 does that; without it no version token can be given. */
class MissingEtag extends Error {
  override readonly name = 'MissingEtag'
}

function withEtag<Answer extends { ETag?: string | undefined }>(answer: Answer): Answer & Tagged {
  const { ETag } = answer
  if (ETag === undefined) throw new MissingEtag('The answer has no ETag.')
  return Object.assign(answer, { ETag })
}

/**
 * Middleware that notes what each attempt fails with while the SDK retries: the last error alone doesn't tell whether
 * an attempt before it may have been carried out.
 */
const noting =
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

const insideRetries = { step: 'finalizeRequest', priority: 'low', name: 'sealringAttempts' } as const
