import type { SealedBlob } from '../backend/backend.js'
import { startOf } from './start-of.js'

/** Version, algorithm suite and message id (data-format/message-header.md, "Header Body Version 2.0"). */
const identityLength = 1 + 2 + 32

/**
 * Whether two blobs are, or were before one was damaged, the same message: as long, and with the same random message
 * id. Only whoever sealed it could make another authentic message with that id.
 */
export async function sameMessage(one: SealedBlob, other: SealedBlob): Promise<boolean> {
  if (one.size !== other.size || one.size < identityLength) return false
  return Buffer.compare(await startOf(one, identityLength), await startOf(other, identityLength)) === 0
}
