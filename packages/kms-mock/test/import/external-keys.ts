import type { CreateKeyCommandInput, KMS, KeyMetadata } from '@aws-sdk/client-kms'
import { expect } from 'chai'

export const Plaintext = Buffer.from('plaintext')

/** What tests of import do with keys of a client. */
export interface ExternalKeys {
  /** Makes a key without material; gives its id. */
  readonly create: (input?: CreateKeyCommandInput) => Promise<string>
  readonly describeKey: (KeyId: string) => Promise<KeyMetadata>
  readonly encrypt: (KeyId: string) => Promise<Uint8Array>
  /** It opens, and is what {@link encrypt} encrypted. */
  readonly decrypts: (CiphertextBlob: Uint8Array) => Promise<void>
}

export const externalKeys = (kms: KMS): ExternalKeys => ({
  create: async (input = {}) => (await kms.createKey({ Origin: 'EXTERNAL', ...input })).KeyMetadata!.KeyId!,
  describeKey: async (KeyId) => (await kms.describeKey({ KeyId })).KeyMetadata!,
  encrypt: async (KeyId) => (await kms.encrypt({ KeyId, Plaintext })).CiphertextBlob!,
  decrypts: async (CiphertextBlob) => {
    expect(Buffer.from((await kms.decrypt({ CiphertextBlob })).Plaintext!)).to.deep.equal(Plaintext)
  },
})
