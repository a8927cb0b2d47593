import { RawAesKeyringNode, RawAesWrappingSuiteIdentifier } from '@aws-crypto/client-node'
import { rawAesKeyring } from '@sealring/core/keyring'

/** The wrapping key of everything that is measured, the bare program included. */
export const key = Buffer.alloc(32, 7)

export const ourKeyring = rawAesKeyring({ namespace: 'bench', name: 'key', key })

/** AWS's keyring object for the same key. */
export const awsKeyring = new RawAesKeyringNode({
  keyNamespace: 'bench',
  keyName: 'key',
  unencryptedMasterKey: Uint8Array.from(key),
  wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
  utf8Sorting: true,
})
