import { expect } from 'chai'
import { describe, it } from 'mocha'
import { buildClient } from '@sealring/core/envelope'
import { resolveSettings } from '#src/envelope/client-settings.js'
import { encryptMessage } from '#src/envelope/encrypt.js'
import { craftContext, craftMessage } from './craft-message.js'
import { fixedKeyring } from './fixed-keyring.js'
import { bytesOf, unsigned } from './fixture.js'

const dataKey = bytesOf('data key', 32)
const messageId = bytesOf('message id', 32)
const options = { suiteId: unsigned, frameLength: 8, encryptionContext: { a: 'b' } }
const fixed = () => messageId

describe('the message id', () => {
  it('can be fixed from inside, and then the message is what the specification says, byte for byte', async () => {
    const plaintext = 'twenty bytes of text'
    const { result } = await encryptMessage(
      resolveSettings(),
      fixedKeyring(dataKey),
      plaintext,
      options,
      fixed,
    )
    const crafted = craftMessage({
      suiteId: unsigned,
      dataKey,
      messageId,
      frameLength: 8,
      serializedContext: craftContext([['a', 'b']]),
      frames: [
        { sequence: 1, final: false, content: Buffer.from('twenty b') },
        { sequence: 2, final: false, content: Buffer.from('ytes of ') },
        { sequence: 3, final: true, content: Buffer.from('text') },
      ],
    })
    expect(result.toString('hex')).to.equal(crafted.toString('hex'))
  })

  it('can not be fixed through the client', async () => {
    const { encrypt } = buildClient()
    const withId = { ...options, messageId, messageIds: fixed }
    const { messageHeader } = await Reflect.apply(encrypt, undefined, [
      fixedKeyring(dataKey),
      'text',
      withId,
      fixed,
      fixed,
    ])
    expect(messageHeader.messageId).to.not.deep.equal(messageId)
  })

  it('never comes twice', async () => {
    const client = buildClient()
    const seen = new Set<string>()
    for (let n = 0; n < 2000; n += 1) {
      const { messageHeader } = await client.encrypt(fixedKeyring(dataKey), '', options)
      seen.add(Buffer.from(messageHeader.messageId).toString('hex'))
    }
    expect(seen.size).to.equal(2000)
  })
})
