import { pipeline } from 'node:stream/promises'
import type { Backend, SealedBlob } from '../backend/backend.js'
import { sealedBlob } from '../backend/sealed-blob.js'
import { buildClient } from '../envelope/index.js'
import { BackendError } from '../errors.js'
import { signedCommittingSuiteId, unsignedCommittingSuiteId } from '../materials/algorithm-suites.js'
import type { MissingKey } from '../materials/missing-keys.js'
import { bind, type Binding } from './binding.js'
import type { StoreParts } from './parts.js'
import { piecesOf, type PlaintextSource } from './plaintext-source.js'
import { createSpool, type Spool } from './spool.js'

const suiteIds = { signed: signedCommittingSuiteId, unsigned: unsignedCommittingSuiteId } as const

/** Bytes of plaintext in a frame of a stream. What frames add is then 0.05 %, and a part can be had by reading little. */
const streamFrameLength = 64 * 1024

/** A sealed blob, and how to let go of what holds its bytes. */
export interface Sealed {
  readonly blob: SealedBlob
  readonly missingKeys?: readonly MissingKey[]
  release(): Promise<void>
}

/**
 * Seal a plaintext for one slot. Fails with the errors of the keyring and of the envelope, and the signal's reason; of a
 * stream also with SOURCE_FAILED, SPOOL_FAILED, and BLOB_TOO_LARGE (more than the arbiter takes).
 */
export async function seal(
  parts: StoreParts,
  source: PlaintextSource,
  context: Readonly<Record<string, string>>,
  binding: Omit<Binding, 'store'>,
  signal: AbortSignal | undefined,
): Promise<Sealed> {
  const options = {
    suiteId: suiteIds[parts.suite],
    encryptionContext: bind(context, { ...binding, store: parts.id }),
    ...(signal && { signal }),
  }
  const client = buildClient('REQUIRE_ENCRYPT_REQUIRE_DECRYPT')
  if (source.kind === 'whole') {
    const { result, missingKeys } = await client.encrypt(parts.keyring, source.bytes, options)
    const blob = sealedBlob(result)
    return { blob, ...(missingKeys && { missingKeys }), release: () => Promise.resolve() }
  }
  const spool = createSpool(parts.spool)
  try {
    signal?.throwIfAborted()
    const sealing = client.encryptStream(parts.keyring, {
      ...options,
      frameLength: streamFrameLength,
    })
    let missingKeys: readonly MissingKey[] | undefined
    sealing.once('MissingKeys', (missing: readonly MissingKey[]) => {
      missingKeys = missing
    })
    // A source that is waited for is let go when the sealing has failed.
    const stop = new AbortController()
    sealing.once('close', () => stop.abort())
    await pipeline(piecesOf(source.open, stop.signal), sealing, async (pieces: AsyncIterable<Uint8Array>) => {
      for await (const piece of pieces) {
        await spool.write(piece)
        refuseLarge(parts.arbiter, spool)
      }
    })
    return { blob: spool.blob(), ...(missingKeys && { missingKeys }), release: () => spool.discard() }
  } catch (error) {
    await spool.discard()
    signal?.throwIfAborted()
    throw error
  }
}

/** Before all of an endless stream is on the disk. */
function refuseLarge({ id, capabilities }: Backend, { size }: Spool): void {
  if (size <= capabilities.maxBlobBytes) return
  throw new BackendError(
    'BLOB_TOO_LARGE',
    `The sealed stream is longer than the ${capabilities.maxBlobBytes} bytes that "${id}" takes. Nothing was written.`,
    { backend: id, operation: 'create' },
  )
}
