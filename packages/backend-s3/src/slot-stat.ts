import { createHash } from 'node:crypto'
import type { GetObjectCommandOutput, HeadObjectCommandOutput } from '@aws-sdk/client-s3'
import type { Slot, SlotStat } from '@sealring/core'

/** User metadata with the digest that the writer noted: `x-amz-meta-sealring-digest`. */
export const digestMetadata = 'sealring-digest'

/** User metadata with the size of the parts of a multipart upload, in bytes: S3's composite checksum depends on it. */
export const partSizeMetadata = 'sealring-part-size'

type Answer = (GetObjectCommandOutput | HeadObjectCommandOutput) & { readonly ETag: string }

/**
 * What an answer tells of a slot. The digest is S3's own SHA-256 where it vouches for the whole object, else the one
 * that the writer noted, else (an object that was put there by other means) what `hash` finds by reading it.
 */
export async function slotStat(
  { name, revision }: Slot,
  answer: Answer,
  hash: () => Promise<string>,
): Promise<SlotStat> {
  const attested = attestedDigest(answer)
  return {
    name,
    revision,
    digest: attested ?? notedDigest(answer) ?? (await hash()),
    size: sizeOf(answer),
    attested: attested !== undefined,
    versionToken: answer.ETag,
  }
}

/** Lower-case hexadecimal SHA-256 of bytes in pieces. */
export async function sha256(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}

/**
 * S3 validates a checksum over the bytes when they are stored. Only one that it calls FULL_OBJECT is the blob's digest:
 * of parts it is a checksum of checksums.
 */
function attestedDigest({ ChecksumSHA256, ChecksumType }: Answer): string | undefined {
  if (ChecksumSHA256 === undefined || ChecksumType !== 'FULL_OBJECT') return undefined
  return asDigest(Buffer.from(ChecksumSHA256, 'base64').toString('hex'))
}

/** The digest that the writer of an object noted beside it. */
export const notedDigest = ({ Metadata }: Pick<Answer, 'Metadata'>) => asDigest(Metadata?.[digestMetadata])

const asDigest = (text: string | undefined) => (text && /^[0-9a-f]{64}$/.test(text) ? text : undefined)

/** Of a part, `Content-Range: bytes 3-5/10` has the whole size. */
function sizeOf(answer: Answer): number {
  const whole = 'ContentRange' in answer ? answer.ContentRange?.match(/\/(\d+)$/)?.[1] : undefined
  return whole === undefined ? (answer.ContentLength ?? 0) : Number(whole)
}
