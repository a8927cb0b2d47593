import { hierarchicalKeyring, type BranchKeySource } from '@sealring/core/keyring'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { holding } from '#src/keyring/branch-key.js'
import { codeOf } from '../envelope/code-of.js'
import { oracle, ours } from '../envelope/fixture.js'
import { branchKeyId, branchKeys, context, messages } from './hierarchical-official-messages.js'

/** Keeps the branch keys that the messages were made with. */
const keyStore: BranchKeySource = {
  logicalName: 'official',
  getActive: () => Promise.reject(new Error('Nothing is sealed')),
  async getVersion(id, version) {
    const key = branchKeys[version]
    if (id !== branchKeyId || key === undefined) throw new Error('There is no such version')
    return holding({ branchKeyId, version, encryptionContext: {} }, Uint8Array.from(Buffer.from(key, 'hex')))
  },
}

describe('messages of the hierarchical keyring for Python', () => {
  const keyring = hierarchicalKeyring({ keyStore, branchKeyId, maxAge: 60_000 })
  const bytes = messages.map((message) => Buffer.from(message, 'base64'))

  it('open, with ours and with client-node', async () => {
    for (const message of bytes) {
      expect((await ours.decrypt(keyring, message)).plaintext.toString()).to.equal('python')
      expect((await oracle.decrypt(keyring, message)).plaintext.toString()).to.equal('python')
    }
    const [signed] = bytes
    expect((await ours.decrypt(keyring, signed!)).messageHeader.encryptionContext).to.include(context)
  })

  it('don’t open under another branch key', async () => {
    const swapped = {
      ...keyStore,
      getVersion: async (id: string, version: string) =>
        holding({ branchKeyId: id, version, encryptionContext: {} }, new Uint8Array(32)),
    }
    const stranger = hierarchicalKeyring({ keyStore: swapped, branchKeyId, maxAge: 60_000 })
    for (const message of bytes)
      expect(await codeOf(() => ours.decrypt(stranger, message))).to.equal('DATA_KEY_NOT_UNWRAPPED')
  })
})
