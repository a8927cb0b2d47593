import { randomFillSync } from 'node:crypto'

const blockLength = 8192
let block = Buffer.alloc(0)

/**
 * Random bytes for public values (message ids), taken from a block: much cheaper than a call each. Never for keys:
 * their memory would be shared with whatever holds another slice.
 */
export function publicRandomBytes(length: number): Buffer {
  if (block.length < length) block = randomFillSync(Buffer.allocUnsafeSlow(Math.max(blockLength, length)))
  const bytes = Buffer.alloc(length)
  // A copy: through a slice, whoever gets one could see and change what comes next.
  bytes.set(block.subarray(0, length))
  block = block.subarray(length)
  return bytes
}
