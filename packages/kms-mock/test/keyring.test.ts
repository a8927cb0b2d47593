import { CommitmentPolicy, KmsKeyringNode, buildClient } from '@aws-crypto/client-node'
import type { KMS } from '@aws-sdk/client-kms'
import { createKms } from '@sealring/kms-mock'
import type { Kms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import { nameOf } from './support/caught.js'
import { transports } from './support/transports.js'
import type { Connection } from './support/transports.js'

const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
const plaintext = Buffer.from('sealed under a mock, opened by the real thing')
const context = { purpose: 'test', clé: 'é' }

for (const { transport, connect } of transports) {
  describe(`KmsKeyringNode and client-node, ${transport}`, () => {
    let mock: Kms
    let connection: Connection
    let kms: KMS
    let generatorKeyId: string
    let second: string

    before(async () => {
      mock = createKms()
      connection = await connect(mock)
      kms = connection.kms()
      generatorKeyId = (await kms.createKey({})).KeyMetadata!.Arn!
      second = (await connection.kms('eu-west-1').createKey({})).KeyMetadata!.Arn!
    })
    after(() => connection.close())

    const clientProvider = (region: string): KMS => connection.kms(region)

    it('encrypts and decrypts', async () => {
      const keyring = new KmsKeyringNode({ generatorKeyId, clientProvider })
      const { result } = await encrypt(keyring, plaintext, { encryptionContext: context })
      const opened = await decrypt(keyring, result)
      expect(opened.plaintext).to.deep.equal(plaintext)
      expect(opened.messageHeader.encryptionContext).to.include(context)
      const [record] = mock.calls.list().filter(({ operation }) => operation === 'GenerateDataKey')
      expect(record?.keyArns).to.deep.equal([generatorKeyId])
    })

    it('encrypts under keys of two regions, and decrypts with either down', async () => {
      const keyring = new KmsKeyringNode({ generatorKeyId, keyIds: [second], clientProvider })
      const { result } = await encrypt(keyring, plaintext)
      for (const region of ['us-east-1', 'eu-west-1']) {
        mock.faults.setRegionDown(region)
        expect((await decrypt(keyring, result)).plaintext).to.deep.equal(plaintext)
        mock.faults.clear()
      }
    })

    it('discovers the key', async () => {
      const { result } = await encrypt(new KmsKeyringNode({ generatorKeyId, clientProvider }), plaintext)
      const discovery = new KmsKeyringNode({ discovery: true, clientProvider })
      expect((await decrypt(discovery, result)).plaintext).to.deep.equal(plaintext)
    })

    it('fails while the key is disabled', async () => {
      const keyring = new KmsKeyringNode({ generatorKeyId, clientProvider })
      const { result } = await encrypt(keyring, plaintext)
      await kms.disableKey({ KeyId: generatorKeyId })
      expect(await nameOf(encrypt(keyring, plaintext))).to.equal('DisabledException')
      expect(await nameOf(decrypt(keyring, result))).to.equal('Error')
      expect(mock.calls.list().at(-1)?.error).to.equal('DisabledException')
      await kms.enableKey({ KeyId: generatorKeyId })
      expect((await decrypt(keyring, result)).plaintext).to.deep.equal(plaintext)
    })
  })
}
