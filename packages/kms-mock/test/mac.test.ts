import { GenerateMacCommand, VerifyMacCommand } from '@aws-sdk/client-kms'
import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { nameOf } from './support/caught.js'
import { keyring, macKinds } from './support/key-kinds.js'
import { transports } from './support/transports.js'

const Message = Buffer.from('a message')

for (const { transport, connected } of transports) {
  describe(`GenerateMac and VerifyMac through KMSClient, ${transport}`, () => {
    const kms = createKms()
    const keyOf = keyring(kms)
    const connection = connected(kms)
    const client = connection.client()

    for (const kind of macKinds) {
      const MacAlgorithm = kind.algorithms[0]!
      it(`${kind.spec}: the same MAC for the same message, verified; not when tampered with`, async () => {
        const request = { KeyId: await keyOf(kind), MacAlgorithm, Message }
        const { Mac, ...answer } = await client.send(new GenerateMacCommand(request))
        expect(Mac).to.have.lengthOf(Number(kind.spec.slice('HMAC_'.length)) / 8)
        expect(answer).to.deep.include({ MacAlgorithm })
        expect((await client.send(new GenerateMacCommand(request))).Mac).to.deep.equal(Mac)
        const verified = await client.send(new VerifyMacCommand({ ...request, Mac }))
        expect(verified).to.deep.include({ KeyId: answer.KeyId, MacAlgorithm, MacValid: true })

        const tampered = Buffer.from(Mac!)
        tampered[0]! ^= 1
        const other = await keyring(kms)(kind)
        const wrong = [
          { ...request, Mac: tampered },
          { ...request, Mac: Mac!.subarray(1) },
          { ...request, Mac, Message: Buffer.from('another') },
          { ...request, Mac, KeyId: other },
          // Dry runs tell the same.
          { ...request, Mac: tampered, DryRun: true },
        ]
        for (const input of wrong) {
          expect(await nameOf(client.send(new VerifyMacCommand(input)))).to.equal('KMSInvalidMacException')
        }
      })
    }

    it('an algorithm of another spec is a wrong use', async () => {
      const KeyId = await keyOf(macKinds[0]!)
      const request = { KeyId, MacAlgorithm: 'HMAC_SHA_256', Message } as const
      expect(await nameOf(client.send(new GenerateMacCommand(request)))).to.equal('InvalidKeyUsageException')
      expect(await nameOf(client.send(new VerifyMacCommand({ ...request, Mac: Message })))).to.equal(
        'InvalidKeyUsageException',
      )
    })

    it('takes 4096 bytes, and no more', async () => {
      const kind = macKinds[1]!
      const mac = async (length: number) =>
        client.send(
          new GenerateMacCommand({
            KeyId: await keyOf(kind),
            MacAlgorithm: 'HMAC_SHA_256',
            Message: Buffer.alloc(length),
          }),
        )
      await mac(4096)
      expect(await nameOf(mac(4097))).to.equal('ValidationException')
    })
  })
}
