import { bareDecrypt, bareEncrypt } from './bare-crypto.mjs'
import { awsKeyring, key, ourKeyring } from './keyrings.mjs'

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
      ours: ourKeyring,
      theirs: awsKeyring,
      plaintext,
      frameLength,
      bare: bareRuns(plaintext, frameLength),
      target: { encrypt: 2.5, decrypt: 2.5 },
      ofBare: 70,
    }
  },
}))
