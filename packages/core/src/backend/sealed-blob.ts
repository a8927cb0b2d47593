import { createHash } from 'node:crypto'
import type { SealedBlob } from './backend.js'

/** A SealedBlob of bytes in memory. The bytes are kept, not copied: don't change them afterwards. */
export function sealedBlob(bytes: Uint8Array): SealedBlob {
  return {
    digest: createHash('sha256').update(bytes).digest('hex'),
    size: bytes.byteLength,
    bytes: () => Promise.resolve(bytes),
    stream: async function* () {
      yield bytes
    },
  }
}
