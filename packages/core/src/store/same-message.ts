/** Version, algorithm suite and message id (data-format/message-header.md, "Header Body Version 2.0"). */
const identityLength = 1 + 2 + 32

/**
 * Whether two blobs are, or were before one was damaged, the same message: as long, and with the same random message
 * id. Only whoever sealed it could make another authentic message with that id.
 */
export function sameMessage(one: Uint8Array, other: Uint8Array): boolean {
  if (one.byteLength !== other.byteLength || one.byteLength < identityLength) return false
  return Buffer.compare(one.subarray(0, identityLength), other.subarray(0, identityLength)) === 0
}
