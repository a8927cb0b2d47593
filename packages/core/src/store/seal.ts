import type { SealedBlob } from '../backend/backend.js'
import { sealedBlob } from '../backend/sealed-blob.js'
import { buildClient } from '../envelope/index.js'
import { signedCommittingSuiteId, unsignedCommittingSuiteId } from '../materials/algorithm-suites.js'
import { bind, type Binding } from './binding.js'
import type { StoreParts } from './parts.js'

const suiteIds = { signed: signedCommittingSuiteId, unsigned: unsignedCommittingSuiteId } as const

/** Seal a plaintext for one slot. Fails with the errors of the keyring and of the envelope. */
export async function seal(
  parts: StoreParts,
  plaintext: Uint8Array,
  context: Readonly<Record<string, string>>,
  binding: Omit<Binding, 'store'>,
): Promise<SealedBlob> {
  const client = buildClient('REQUIRE_ENCRYPT_REQUIRE_DECRYPT')
  const { result } = await client.encrypt(parts.keyring, plaintext, {
    suiteId: suiteIds[parts.suite],
    encryptionContext: bind(context, { ...binding, store: parts.id }),
  })
  return sealedBlob(result)
}
