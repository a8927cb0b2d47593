import type { BackendCapabilities, CallOptions } from '@sealring/core'
import type { Layout } from './layout.js'
import type { ObjectVersions } from './object-versions.js'
import type { S3Objects } from './s3-objects.js'
import type { Caller } from './s3-requests.js'

/** What the methods of one backend object share. */
export interface S3Location {
  readonly layout: Layout
  readonly objects: S3Objects
  readonly versions: ObjectVersions
  readonly capabilities: BackendCapabilities
  /** Size of the parts of larger blobs; what is not larger is one PUT. */
  readonly partBytes: number
  /** Whether `create` looks for a delete marker first. */
  readonly lookForDeleteMarkers: boolean
}

/** Start of every method. Rejects with the signal's reason when it was aborted before. */
export function begin(operation: string, call: CallOptions | undefined): Caller {
  call?.signal?.throwIfAborted()
  return { operation, signal: call?.signal }
}
