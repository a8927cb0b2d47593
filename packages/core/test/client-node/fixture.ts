import {
  AlgorithmSuiteIdentifier,
  MultiKeyringNode,
  RawAesKeyringNode,
  RawAesWrappingSuiteIdentifier,
  type KeyringNode,
} from '@aws-crypto/client-node'
import { theirs } from './sides.js'

export const unsigned = AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY
export const signed = AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY_ECDSA_P384
export const plain = AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA256

export function rawAes(name = 'key', fill = 7): KeyringNode {
  return new RawAesKeyringNode({
    keyNamespace: 'parity',
    keyName: name,
    unencryptedMasterKey: new Uint8Array(32).fill(fill),
    wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
  })
}

export const keyring = rawAes()
export const otherKeyring = rawAes('other', 8)
export const twoKeyrings = new MultiKeyringNode({ generator: keyring, children: [otherKeyring] })

/** Ten bytes in frames of four: two frames, and a final one of two bytes. */
export const text = 'asdfasdfas'
export const frameLength = 4

/** Written by client-node, whoever opens them. */
export async function messages(): Promise<Record<'unsigned' | 'signed' | 'plain', Buffer>> {
  const { client, older } = theirs
  const [one, two, three] = await Promise.all([
    client.encrypt(keyring, text, { suiteId: unsigned, frameLength }),
    client.encrypt(keyring, text, { suiteId: signed, frameLength }),
    older.encrypt(keyring, text, { suiteId: plain, frameLength }),
  ])
  return { unsigned: one.result, signed: two.result, plain: three.result }
}

/** Opened by client-node, whoever sealed it. */
export async function opened(message: Uint8Array): Promise<string> {
  const { plaintext } = await theirs.older.decrypt(keyring, message)
  return plaintext.toString('latin1')
}
