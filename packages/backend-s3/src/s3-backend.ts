import type { S3Client } from '@aws-sdk/client-s3'
import { checkBackendId, InputError } from '@sealring/core'
import type { Backend } from '@sealring/core'
import { checkEncryption } from './encryption.js'
import type { S3Encryption } from './encryption.js'
import { s3Layout } from './layout.js'
import { listings } from './listings.js'
import { objectVersions } from './object-versions.js'
import { checkPartBytes } from './parts.js'
import { purge } from './purge.js'
import { s3Objects } from './s3-objects.js'
import { s3Requests } from './s3-requests.js'
import { sidecars } from './sidecars.js'
import { slots } from './slots.js'

export interface S3BackendOptions {
  /** Stable id of the location, unique within its store: `/^[a-z0-9][a-z0-9._-]{0,62}$/`. Public. */
  id: string
  /** Your own client. Its retries, timeouts and credentials are used as they are; it is never closed. */
  client: S3Client
  /** Name or access point of a general purpose bucket. It must exist. */
  bucket: string
  /** What all keys start with: at most 64 printable ASCII characters with its closing slash. Default: none. */
  prefix?: string
  /** Largest blob in bytes, up to 5 TiB, the default. Of a larger blob than `partBytes` only two parts are held in memory. */
  maxBlobBytes?: number
  /**
   * Blobs beyond this many bytes are uploaded in parts of this size (larger ones where more than 10,000 would be needed), from 5 MiB
   * to 5 GiB. S3 vouches for the SHA-256 of a blob that is not larger. Default 8 MiB.
   */
  partBytes?: number
  /**
   * Whether the service honours `If-None-Match: *` on PutObject, as Amazon S3 does. When false, `create` looks
   * before it writes: racing creators may overwrite each other, and the location is unfit as arbiter. Default true.
   */
  conditionalCreate?: boolean
  /** Whether the service honours `If-Match` on PutObject, as Amazon S3 does. When false, `replace` looks first. Default true. */
  conditionalReplace?: boolean
  /**
   * Whether `create` looks for a delete marker first: in a versioned bucket `If-None-Match` alone would create a slot anew whose object
   * somebody deleted. Costs a HEAD for each create, but none in a bucket that is found to keep no versions. Default true.
   */
  lookForDeleteMarkers?: boolean
  /** Have S3 encrypt by a KMS key, beneath Sealring's own encryption. Default: as the bucket is configured. */
  encryption?: S3Encryption
  /** Account id, twelve digits, that must own the bucket; otherwise S3 refuses every request. Default: not checked. */
  expectedBucketOwner?: string
}

const largestBlobBytes = 5 * 1024 ** 4

const minSidecarBytes = 65_536
const mostSidecarBytes = 64 * 1024 ** 2

/**
 * A backend on one Amazon S3 bucket, below a prefix. A blob is one object with exactly the sealed bytes; the layout and
 * the requests that each method costs are in docs/decisions/0002.
 *
 * Digests are `attested` where S3 answers with its own SHA-256 of the full object. Buckets are not created; directory
 * buckets don't list in order and are refused. Fails with INVALID_ARGUMENT for options that can't be used.
 */
export function s3Backend(options: S3BackendOptions): Backend {
  const { id, client, bucket, prefix = '', maxBlobBytes = largestBlobBytes } = options
  const { conditionalCreate = true, conditionalReplace = true, partBytes = 8 * 1024 ** 2 } = options
  const { lookForDeleteMarkers = true, encryption, expectedBucketOwner } = options
  checkBackendId(id)
  checkBucket(bucket)
  checkEncryption(encryption)
  if (expectedBucketOwner !== undefined && !/^\d{12}$/.test(expectedBucketOwner))
    throw new InputError('INVALID_ARGUMENT', 'expectedBucketOwner is an account id of twelve digits.')
  if (!Number.isSafeInteger(maxBlobBytes) || maxBlobBytes < 0 || maxBlobBytes > largestBlobBytes)
    throw new InputError('INVALID_ARGUMENT', `maxBlobBytes is an integer up to ${largestBlobBytes}.`)
  checkPartBytes(partBytes)
  const capabilities = {
    maxBlobBytes,
    // A fork is saved as a sidecar: it may be as large as a blob. But it is held in memory, whoever wrote it.
    maxSidecarBytes: Math.min(Math.max(maxBlobBytes, minSidecarBytes), mostSidecarBytes),
    range: true,
    conditionalCreate,
    conditionalReplace,
    durable: true,
  }
  const requests = s3Requests({ backend: id, client, bucket, expectedBucketOwner, encryption })
  const layout = s3Layout(prefix)
  const location = {
    layout,
    objects: s3Objects(requests, layout.entryKey({ name: 'encryption-probe', revision: 1 })),
    versions: objectVersions(requests),
    capabilities,
    partBytes,
    lookForDeleteMarkers,
  }
  const { look, ...methods } = slots(location)
  return {
    id,
    capabilities,
    ...methods,
    ...purge(location),
    ...listings(location, look),
    ...sidecars(location),
  }
}

function checkBucket(bucket: string): void {
  if (typeof bucket !== 'string' || bucket === '')
    throw new InputError('INVALID_ARGUMENT', 'The bucket of an S3 location is a name or an access point.')
  if (/--xa?-s3$/.test(bucket))
    throw new InputError(
      'INVALID_ARGUMENT',
      'Directory buckets list their keys in no order, so that the latest revision cannot be found in them.',
    )
}
