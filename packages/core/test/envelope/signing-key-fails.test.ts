import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { buildClient, CommitmentPolicy } from '@sealring/core/envelope'
import { errorOf } from './code-of.js'
import { keyring } from './fixture.js'

const client = buildClient(CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT)
const suiteId = 0x0214
const reason = new Error('no entropy')

/** How key generation may fail: at once, or when it is done. */
const failures = {
  'throws at once': () => {
    throw reason
  },
  'calls back with an error': (_type: string, _options: object, done: (error: Error) => void) =>
    void setImmediate(done, reason),
}

describe('a key pair that cannot be made', () => {
  for (const [how, generateKeyPair] of Object.entries(failures)) {
    it(`is a failure with a code and its cause (${how})`, async () => {
      const genuine = crypto.generateKeyPair
      Object.assign(crypto, { generateKeyPair })
      syncBuiltinESMExports()
      try {
        // It may still be given a pair that was made ahead.
        await client.encrypt(keyring, 'text', { suiteId }).catch(() => undefined)
        const error = await errorOf(() => client.encrypt(keyring, 'text', { suiteId }))
        expect(error).to.include({ code: 'DATA_KEY_NOT_WRAPPED', cause: reason })
      } finally {
        Object.assign(crypto, { generateKeyPair: genuine })
        syncBuiltinESMExports()
      }
      const { result } = await client.encrypt(keyring, 'text', { suiteId })
      expect((await client.decrypt(keyring, result)).plaintext.toString()).to.equal('text')
    })
  }
})
