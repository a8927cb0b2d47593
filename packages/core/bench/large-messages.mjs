import { RawAesKeyringNode, RawAesWrappingSuiteIdentifier } from '@aws-crypto/client-node'
import { rawAesKeyring } from '@sealring/core/keyring'
import { bareDecrypt, bareEncrypt } from './bare-crypto.mjs'

const key = Buffer.alloc(32, 7)
const ours = rawAesKeyring({ namespace: 'bench', name: 'key', key })
const theirs = new RawAesKeyringNode({
  keyNamespace: 'bench',
  keyName: 'key',
  unencryptedMasterKey: Uint8Array.from(key),
  wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
  utf8Sorting: true,
})

function bareRuns(plaintext, frameLength) {
  const sealed = bareEncrypt(key, plaintext, frameLength, false)
  return {
    encrypt: () => bareEncrypt(key, plaintext, frameLength, false),
    decrypt: () => bareDecrypt(key, sealed, frameLength),
  }
}

/** 128 MB in frames of two lengths; made on demand, since each holds a few hundred megabytes. */
export const largeMessages = [4096, 65_536].map((frameLength) => ({
  what: `128 MB, ${frameLength / 1024} KB frames`,
  prepare() {
    const plaintext = Buffer.alloc(128_000_000, 1)
    return {
      suiteId: 0x0478,
      ours,
      theirs,
      plaintext,
      frameLength,
      bare: bareRuns(plaintext, frameLength),
      target: { encrypt: 2.5, decrypt: 2.5 },
      ofBare: 70,
    }
  },
}))
