import * as clientNode from '@aws-crypto/client-node'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import * as envelope from '@sealring/core/envelope'
import { keyring } from './fixture.js'

type TheirHeader = Awaited<ReturnType<ReturnType<typeof clientNode.buildClient>['encrypt']>>['messageHeader']

/** A program as users of client-node write it; only where the client comes from changes. */
async function program({ encrypt, decrypt }: envelope.Client): Promise<string> {
  const context = { stage: 'demo', purpose: 'a drop-in', origin: 'eu-west-1' }
  const { result } = await encrypt(keyring, 'asdf', { encryptionContext: context })
  const { plaintext, messageHeader } = await decrypt(keyring, result)
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- that theirs can stand for ours is what is tested
  const header: TheirHeader = messageHeader
  for (const [key, value] of Object.entries(context)) {
    if (header.encryptionContext[key] !== value)
      throw new Error('Encryption Context does not match expected values')
  }
  return plaintext.toString()
}

describe('a program for client-node', () => {
  const policy = clientNode.CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT

  it('runs on our client, by policy, by options and by default', async () => {
    for (const client of [
      envelope.buildClient(policy),
      envelope.buildClient(envelope.CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT),
      envelope.buildClient({ commitmentPolicy: policy, maxEncryptedDataKeys: false }),
      envelope.buildClient({ maxEncryptedDataKeys: 3 }),
      envelope.buildClient(),
    ]) {
      expect(await program(client)).to.equal('asdf')
    }
  })

  it('finds in CommitmentPolicy the same object', () => {
    expect(envelope.CommitmentPolicy).to.equal(clientNode.CommitmentPolicy)
  })
})
