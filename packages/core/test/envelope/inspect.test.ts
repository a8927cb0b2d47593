import { expect } from 'chai'
import { describe, it } from 'mocha'
import { algorithmSuites } from '#src/materials/algorithm-suites.js'
import { buildClient, inspect, inspectHeader } from '@sealring/core/envelope'
import { codeOf } from './code-of.js'
import { craftMessage } from './craft-message.js'
import { bytesOf, contexts, keyring, oracle, severalKeyrings, unsigned } from './fixture.js'
import { wrongType } from './wrong-type.js'

const committing = buildClient()
const plain = buildClient('FORBID_ENCRYPT_ALLOW_DECRYPT')
const frameLength = 100

describe('inspect', () => {
  for (const suite of algorithmSuites.values()) {
    const { id: suiteId, messageFormat, signature } = suite
    const { encrypt } = suite.committing ? committing : plain

    it(`tells what a message of ${suite.name} says, to the byte`, async () => {
      for (const unframed of [false, true]) {
        for (const length of [0, 1, frameLength, 2 * frameLength, 2 * frameLength + 1]) {
          for (const encryptionContext of [contexts['empty']!, contexts['unicode']!]) {
            const options = { suiteId, encryptionContext, frameLength, unframed }
            const { result, messageHeader } = await encrypt(severalKeyrings, bytesOf('x', length), options)
            const info = inspect(result)
            const frames = unframed ? 1 : Math.max(1, Math.ceil(length / frameLength))
            const bodyLength = unframed ? 12 + 8 + length + 16 : frames * (4 + 12 + 16) + 8 + length
            const dataKeys = info.encryptedDataKeys.map((key) => [key.providerId, key.length])
            expect(dataKeys).to.deep.equal([
              ['sealring test', suite.keyLength + 16],
              ['other', suite.keyLength + 16],
            ])
            expect(info.encryptedDataKeys[0]!.providerInfo).to.match(/^AES-256 [ -~]+$|^AES-256 ключ/)
            const { encryptedDataKeys: _, headerLength, signatureLength, ...others } = info
            expect({ ...others, encryptionContext: { ...info.encryptionContext } }).to.deep.equal({
              formatVersion: messageFormat,
              suite: {
                id: suiteId,
                name: suite.name,
                committing: suite.committing,
                signed: signature !== undefined,
              },
              messageId: Buffer.from(messageHeader.messageId).toString('hex'),
              encryptionContext: { ...messageHeader.encryptionContext },
              contentType: unframed ? 'unframed' : 'framed',
              frameLength: unframed ? 0 : frameLength,
              bodyLength,
              frames,
              plaintextLength: length,
              totalLength: result.length,
            })
            if (signature === undefined) expect(signatureLength).to.equal(0)
            else expect(result.readUInt16BE(headerLength + bodyLength)).to.equal(signatureLength)
            const footer = signature === undefined ? 0 : 2 + signatureLength
            expect(headerLength + bodyLength + footer).to.equal(result.length)
          }
        }
      }
    })

    it(`tells what the header says when no more of a message of ${suite.name} is there`, async () => {
      for (const unframed of [false, true]) {
        const options = { suiteId, encryptionContext: { a: 'b' }, frameLength, unframed }
        const { result } = await encrypt(keyring, bytesOf('x', 250), options)
        const { headerLength } = inspect(result)
        for (let length = 0; length < headerLength; length += 1) {
          const start = result.subarray(0, length)
          expect(await codeOf(() => inspectHeader(start)), `${length} bytes`).to.equal('MESSAGE_TRUNCATED')
        }
        const whole = inspect(result)
        for (const bytes of [
          result.subarray(0, headerLength),
          result,
          Buffer.concat([result.subarray(0, headerLength), Buffer.from('something else')]),
        ]) {
          const info = inspectHeader(bytes)
          expect(whole).to.deep.include(info)
          expect(Object.keys(info)).to.have.length(8)
        }
        expect(inspectHeader(result.toString('base64'), { encoding: 'base64' })).to.deep.equal(
          inspectHeader(result),
        )
        expect(await codeOf(() => inspect(result.subarray(0, headerLength)))).to.equal('MESSAGE_TRUNCATED')
      }
    })
  }

  it('tells the same of what client-node wrote', async () => {
    const options = { encryptionContext: contexts['many']!, frameLength: 33 }
    const { result, messageHeader } = await oracle.encrypt(severalKeyrings, bytesOf('x', 100), { ...options })
    const info = inspect(result)
    expect(info).to.include({ frames: 4, plaintextLength: 100, frameLength: 33, contentType: 'framed' })
    expect({ ...info.encryptionContext }).to.deep.equal({ ...messageHeader.encryptionContext })
    expect(info.encryptedDataKeys.map(({ providerId }) => providerId)).to.deep.equal([
      'sealring test',
      'other',
    ])
  })

  it('says whose fault it is', async () => {
    const { result } = await committing.encrypt(keyring, bytesOf('x', 250), {
      suiteId: unsigned,
      frameLength,
    })
    const { headerLength } = inspect(result)
    const frame = frameLength + 32
    const bytes = (...parts: readonly (readonly [number, number])[]) =>
      Buffer.concat(parts.map(([start, end]) => result.subarray(start, end)))
    const second = headerLength + frame
    const third = second + frame
    const cases: readonly [string, Buffer][] = [
      [
        'FRAME_OUT_OF_ORDER',
        bytes([0, headerLength], [second, third], [headerLength, second], [third, Infinity]),
      ],
      ['FRAME_OUT_OF_ORDER', bytes([0, second], [third, Infinity])],
      ['MESSAGE_TRUNCATED', bytes([0, third])],
      ['MESSAGE_TRAILING_BYTES', bytes([0, Infinity], [third, Infinity])],
    ]
    for (const [code, message] of cases) expect(await codeOf(() => inspect(message))).to.equal(code)
    expect(await codeOf(() => inspect(result, { maxFrameLength: frameLength - 1 }))).to.equal(
      'MESSAGE_TOO_LARGE',
    )
    expect(await codeOf(() => inspectHeader(result, { maxHeaderLength: 100 }))).to.equal('MESSAGE_TOO_LARGE')
    expect(await codeOf(() => inspectHeader(wrongType(7)))).to.equal('INVALID_ARGUMENT')
    expect(await codeOf(() => inspectHeader(result, wrongType({ encoding: 'base65' })))).to.equal('no error')
    expect(await codeOf(() => inspectHeader('', wrongType({ encoding: 'base65' })))).to.equal(
      'INVALID_ARGUMENT',
    )
  })

  it('shows nothing that could speak to a terminal', () => {
    const message = craftMessage({
      suiteId: unsigned,
      messageId: bytesOf('message id', 32),
      dataKey: bytesOf('data key', 32),
      dataKeys: [['\u001b[2J', Buffer.from([0x61, 0xff, 0x0a]), '12345']],
    })
    const [key] = inspect(message).encryptedDataKeys
    expect(key).to.deep.equal({ providerId: '\\x1b[2J', providerInfo: 'a\\xff\\x0a', length: 5 })
  })
})
