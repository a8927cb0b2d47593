import { buildClient, inspect } from '@sealring/core/envelope'
import { keyring } from './fixture.js'

/** What `decryptRange` reads first. */
export const firstRead = 4096

export const anyPolicy = { commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT' } as const
const committing = buildClient()
const plain = buildClient('FORBID_ENCRYPT_ALLOW_DECRYPT')

interface Form {
  readonly suiteId: number
  readonly frameLength: number
  readonly headerLength: number
}

/** A message whose header fills the first read, so that every frame, however small, must be read for itself. */
export async function longHeaderMessage(plaintext: Uint8Array, form: Form): Promise<Buffer> {
  const { suiteId, frameLength, headerLength } = form
  const { encrypt } = suiteId > 0x0400 ? committing : plain
  const seal = async (padding: number) => {
    const encryptionContext = { padding: '.'.repeat(padding) }
    return (await encrypt(keyring, plaintext, { suiteId, frameLength, encryptionContext })).result
  }
  return seal(headerLength - inspect(await seal(0)).headerLength)
}
