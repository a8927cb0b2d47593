import { memoryBackend, memoryLocation } from '@sealring/core'
import type { BackendFixture } from '@sealring/core/conformance'

/** Locations in memory, for the suite and for the broken backends around them. */
export const memoryFixture: BackendFixture = {
  capabilities: memoryBackend({ id: 'memory' }).capabilities,
  async open() {
    const location = memoryLocation()
    const open = () => memoryBackend({ id: 'memory', location })
    return {
      backend: open(),
      reopen: async () => open(),
      damage: async ({ name, revision }) => {
        const blob = location.blobs.get(name)?.get(revision)
        if (!blob) throw new Error('There is nothing to damage.')
        blob.bytes[blob.bytes.length >> 1]! ^= 1
      },
      dispose: async () => {},
    }
  },
}
