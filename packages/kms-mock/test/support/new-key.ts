import type { Caller, Kms } from '@sealring/kms-mock'

/** Creates a key through the pure handler, and gives its id. */
export const newKey = async (kms: Kms, caller: Partial<Caller> = {}, input: object = {}): Promise<string> => {
  const { KeyMetadata } = await kms.handle('CreateKey', input, caller)
  if (typeof KeyMetadata !== 'object' || KeyMetadata === null || !('KeyId' in KeyMetadata)) {
    throw new Error('CreateKey gave no key')
  }
  return String(KeyMetadata.KeyId)
}
