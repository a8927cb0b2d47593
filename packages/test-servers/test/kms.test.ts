import { CreateKeyCommand, DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms'
import { startKms } from '@sealring/test-servers'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { answersHttp } from '#src/answers-http.js'

describe('KMS server', () => {
  it('starts, encrypts, decrypts and stops', async () => {
    const server = await startKms({ region: 'eu-west-1' })
    const client = new KMSClient(server.clientOptions)
    try {
      const { KeyMetadata } = await client.send(new CreateKeyCommand({}))
      expect(KeyMetadata!.Arn).to.match(/^arn:aws:kms:eu-west-1:/)
      const Plaintext = Buffer.from('secret')
      const { CiphertextBlob } = await client.send(
        new EncryptCommand({ KeyId: KeyMetadata!.KeyId, Plaintext }),
      )
      const opened = await client.send(new DecryptCommand({ CiphertextBlob }))
      expect(Plaintext.equals(opened.Plaintext!)).to.equal(true)
      expect(server.kms).to.be.an('object')
    } finally {
      client.destroy()
      await server.stop()
    }
    await server.stop()
    expect(await answersHttp(server.endpoint)).to.equal(false)
  })
})
