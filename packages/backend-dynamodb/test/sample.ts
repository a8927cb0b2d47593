import { createCipheriv } from 'node:crypto'
import { sealedBlob } from '@sealring/core'
import type { SealedBlob } from '@sealring/core'

/** Bytes that look random, the same for the same seed. */
export function sample(size: number, seed = 1): SealedBlob {
  const key = Buffer.alloc(16)
  key.writeUInt32BE(seed)
  return sealedBlob(createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size)))
}
