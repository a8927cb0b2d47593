import {
  DeleteObjectsCommand,
  GetObjectLegalHoldCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
} from '@aws-sdk/client-s3'
import { BackendError } from '@sealring/core'
import { isAbsent, isDenied, isNotImplemented } from './s3-errors.js'
import type { Caller, S3Requests } from './s3-requests.js'

export interface ObjectVersion {
  readonly key: string
  readonly versionId: string
  /** It is what a read without a version id gets. */
  readonly current: boolean
  /** A delete marker: it has no bytes. */
  readonly marker: boolean
}

/** What DeleteObjects takes. */
const atOnce = 1000

export type ObjectVersions = ReturnType<typeof objectVersions>

/** The versions of objects, where the bucket keeps them. */
export function objectVersions({ client, target, failure }: S3Requests) {
  return {
    /**
     * All versions of the keys that start with a prefix and are wanted; `denied` is S3's error when they may not be listed. The
     * keys that are wanted are the first ones, since keys come in order.
     */
    async list(
      prefix: string,
      isWanted: (key: string) => boolean,
      caller: Caller,
    ): Promise<readonly ObjectVersion[] | { readonly denied: unknown }> {
      const found: ObjectVersion[] = []
      let after: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {}
      while (after) {
        const command: ListObjectVersionsCommand = new ListObjectVersionsCommand({
          ...target,
          Prefix: prefix,
          ...after,
        })
        try {
          const answer = await client.send(command, { abortSignal: caller.signal })
          for (const [entries, marker] of [
            [answer.Versions, false],
            [answer.DeleteMarkers, true],
          ] as const)
            for (const { Key, VersionId, IsLatest } of entries ?? [])
              if (Key !== undefined && isWanted(Key) && VersionId !== undefined)
                found.push({ key: Key, versionId: VersionId, current: IsLatest === true, marker })
          const { IsTruncated, NextKeyMarker, NextVersionIdMarker } = answer
          after =
            IsTruncated && NextKeyMarker !== undefined && isWanted(NextKeyMarker)
              ? {
                  KeyMarker: NextKeyMarker,
                  ...(NextVersionIdMarker && { VersionIdMarker: NextVersionIdMarker }),
                }
              : undefined
        } catch (error) {
          // A service that knows no versions keeps none.
          if (isNotImplemented(error)) return []
          if (isDenied(error) && !caller.signal?.aborted) return { denied: error }
          throw failure(error, caller)
        }
      }
      return found
    },

    /** Removes versions for good. Returns the ids of those which S3 refuses to remove, and perhaps of some that it removed. */
    async remove(key: string, versionIds: readonly string[], caller: Caller): Promise<readonly string[]> {
      const refused: string[] = []
      for (let i = 0; i < versionIds.length; i += atOnce) {
        const Objects = versionIds.slice(i, i + atOnce).map((VersionId) => ({ Key: key, VersionId }))
        const command = new DeleteObjectsCommand({ ...target, Delete: { Objects, Quiet: true } })
        try {
          const { Errors = [] } = await client.send(command, { abortSignal: caller.signal })
          for (const { Code = 'Unknown', Message, VersionId } of Errors) {
            const error = Object.assign(new Error(Message), { name: Code })
            if (!isDenied(error)) throw error
            // Where it isn't told which, it may be each of them.
            refused.push(...(VersionId === undefined ? Objects.map((each) => each.VersionId) : [VersionId]))
          }
        } catch (error) {
          // The whole request, for want of s3:DeleteObjectVersion.
          if (!isDenied(error) || caller.signal?.aborted) throw failure(error, caller)
          refused.push(...Objects.map(({ VersionId }) => VersionId))
        }
      }
      return [...new Set(refused)]
    },

    /** What holds a version, as far as the caller may know; `undefined` when the version has gone. */
    async lockOf(key: string, VersionId: string, caller: Caller): Promise<Lock | undefined> {
      const version = { ...target, Key: key, VersionId }
      const options = { abortSignal: caller.signal }
      const head = await told(client.send(new HeadObjectCommand(version), options), caller)
      if (head === 'absent') return undefined
      if (head !== 'untold') {
        const { ObjectLockRetainUntilDate: until, ObjectLockLegalHoldStatus: hold } = head
        if (until ?? hold === 'ON') return { ...(until && { until }), held: hold === 'ON' }
      }
      // Not every service tells of locks when it is asked for the object.
      const retention = await told(client.send(new GetObjectRetentionCommand(version), options), caller)
      const hold = await told(client.send(new GetObjectLegalHoldCommand(version), options), caller)
      const until = typeof retention === 'object' ? retention.Retention?.RetainUntilDate : undefined
      return {
        ...(until && { until }),
        held: typeof hold === 'object' && hold.LegalHold?.Status === 'ON',
      }
    },
  }

  /** `untold`: for want of a permission, or because there is nothing to tell of. Fails where trying again may help. */
  async function told<Answer>(asked: Promise<Answer>, caller: Caller): Promise<Answer | 'absent' | 'untold'> {
    try {
      return await asked
    } catch (error) {
      if (isAbsent(error)) return 'absent'
      const reason = failure(error, caller)
      if (!(reason instanceof BackendError) || reason.retryable) throw reason
      return 'untold'
    }
  }
}

export interface Lock {
  /** Of Object Lock's retention. */
  readonly until?: Date
  /** By a legal hold. */
  readonly held: boolean
}
