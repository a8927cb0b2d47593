import { sealedBlob } from '@sealring/core'
import type { Random } from './random.js'
import { count } from './tally.js'
import { arbiterId, type World } from './world.js'

/** What a record says after it has rotted. */
export const damagedDigest = '0'.repeat(64)

type Kind = 'bytes' | 'bytes, attested' | 'record'

/** Damages a stored blob: its bytes, its record, or both alike, as where a service attests what it holds. */
export function bitRot(random: Random): (world: World) => void {
  // An attesting location has no record but the bytes; the others have one that can rot.
  const kinds: readonly Kind[] = random.chance(0.3) ? ['bytes, attested'] : ['bytes', 'bytes', 'record']
  return ({ places, tally, vouched }) => {
    const { id, memory } = random.pick(places)
    const revisions = memory.blobs.get(random.pick([...memory.blobs.keys(), '']))
    const revision = random.pick([...(revisions?.keys() ?? []), 0])
    const blob = revisions?.get(revision)
    if (!revisions || !blob) return
    const kind = random.pick(kinds)
    const bytes = new Uint8Array(blob.bytes)
    if (kind !== 'record') bytes[random.index(bytes.length)]! ^= 1 << random.index(8)
    const digests = {
      bytes: blob.digest,
      'bytes, attested': sealedBlob(bytes).digest,
      record: '0'.repeat(64),
    }
    const digest = digests[kind]
    // A service that attests its bytes sees that they are others now.
    const versionToken = kind === 'bytes, attested' ? digest : blob.versionToken
    revisions.set(revision, { bytes, digest, versionToken })
    if (id === arbiterId && kind === 'bytes, attested') vouched.add(digest)
    count(tally, `fault: rot of ${kind} at the ${id === arbiterId ? 'arbiter' : 'replica'}`)
  }
}
