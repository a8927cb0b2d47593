import { generateKeyPairSync } from 'node:crypto'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { buildClient, inspect } from '@sealring/core/envelope'
import { codeOf } from './code-of.js'
import { craftContext, craftedDataKeys, craftMessage, uint16 } from './craft-message.js'
import type { CraftedFrame, CraftedMessage } from './craft-message.js'
import { fixedKeyring } from './fixed-keyring.js'
import { bytesOf, oracle, ours, signed, unsigned } from './fixture.js'

const dataKey = bytesOf('data key', 32)
const keyring = fixedKeyring(dataKey)
const right = { suiteId: unsigned, messageId: bytesOf('message id', 32), dataKey }

function craft(options: Partial<CraftedMessage> = {}): Buffer {
  return craftMessage({ ...right, ...options })
}

const open = (message: Buffer) => ours.decrypt(keyring, message)

function regular(sequence: number, content = '8 bytes.'): CraftedFrame {
  return { sequence, final: false, content: Buffer.from(content) }
}
function final(sequence: number, content = 'end'): CraftedFrame {
  return { sequence, final: true, content: Buffer.from(content) }
}

const keyPair = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const point = keyPair.publicKey.export({ type: 'spki', format: 'der' }).subarray(-97)
const publicKey = Buffer.concat([Buffer.from([2 + (point.at(-1)! & 1)]), point.subarray(1, 49)])
const signedContext = (key: Buffer) => craftContext([['aws-crypto-public-key', key.toString('base64')]])
const rightSigned = {
  suiteId: signed,
  serializedContext: signedContext(publicKey),
  signWith: keyPair.privateKey,
}

describe('crafted messages', () => {
  it('open when they are right, here and in client-node', async () => {
    for (const message of [
      craft(),
      craft({ frames: [regular(1), regular(2), final(3)] }),
      craft(rightSigned),
      // A full last frame may be a regular one with an empty final frame behind it.
      craft({ frames: [regular(1), final(2, '')] }),
      craft({ frames: [final(1, '8 bytes.')] }),
      craft({ frames: [final(1, '')] }),
      craft({ frameLength: 0xffffffff }),
    ]) {
      const { plaintext } = await open(message)
      expect(plaintext.equals((await oracle.decrypt(keyring, message)).plaintext)).to.equal(true)
    }
  })

  const wrong: Readonly<Record<string, readonly [string, Partial<CraftedMessage>]>> = {
    'frames swapped': ['FRAME_OUT_OF_ORDER', { frames: [regular(2), regular(1), final(3)] }],
    'a frame twice': ['FRAME_OUT_OF_ORDER', { frames: [regular(1), regular(1), final(2)] }],
    'a frame left out': ['FRAME_OUT_OF_ORDER', { frames: [regular(1), final(3)] }],
    'no first frame': ['FRAME_OUT_OF_ORDER', { frames: [regular(2), final(3)] }],
    'frames counted from 0': ['FRAME_OUT_OF_ORDER', { frames: [regular(0), final(1)] }],
    'no final frame': ['MESSAGE_TRUNCATED', { frames: [regular(1), regular(2)] }],
    'no frame at all': ['MESSAGE_TRUNCATED', { frames: [] }],
    'two final frames': ['MESSAGE_TRAILING_BYTES', { frames: [regular(1), final(2), final(3)] }],
    'the final frame twice': ['MESSAGE_TRAILING_BYTES', { frames: [final(1), final(1)] }],
    'a frame behind the final one': ['MESSAGE_TRAILING_BYTES', { frames: [final(1), regular(2)] }],
    'a final frame longer than frames are': ['MESSAGE_NOT_CANONICAL', { frames: [final(1, 'nine byte')] }],
    'a final frame that understates its length': [
      'MESSAGE_TRAILING_BYTES',
      { frames: [{ ...final(1, '8 bytes.'), statedLength: 7 }] },
    ],
    'a final frame that overstates its length': [
      'MESSAGE_TRUNCATED',
      { frames: [{ ...final(1, '7 bytes'), statedLength: 8 }] },
    ],
    'an authentic frame with an IV of its own': [
      'FRAME_UNAUTHENTIC',
      { frames: [{ ...final(1), iv: bytesOf('iv', 12) }] },
    ],
    'another data key': ['COMMITMENT_MISMATCH', { dataKey: bytesOf('another', 32) }],
    'another commitment': ['COMMITMENT_MISMATCH', { commitKey: bytesOf('commit', 32) }],
    'no data key': ['MESSAGE_NOT_CANONICAL', { dataKeys: [] }],
    'a provider id that is not UTF-8': [
      'MESSAGE_NOT_CANONICAL',
      { dataKeys: [[Buffer.from([0xc0, 0x80]), 'info', 'ciphertext']] },
    ],
    'the frame length 0': ['MESSAGE_NOT_CANONICAL', { frameLength: 0, frames: [final(1, '')] }],
    'unframed content with a frame length': ['MESSAGE_NOT_CANONICAL', { contentType: 1 }],
    'an unknown content type': ['MESSAGE_UNSUPPORTED', { contentType: 3 }],
    'message format 1': ['MESSAGE_UNSUPPORTED', { version: 1 }],
    'message format 3': ['MESSAGE_UNSUPPORTED', { version: 3 }],
    'a suite of format 1 in format 2': ['MESSAGE_UNSUPPORTED', { suiteId: 0x0178 }],
    'an unknown suite': ['MESSAGE_UNSUPPORTED', { suiteId: 0x0678 }],
    'bytes behind it': ['MESSAGE_TRAILING_BYTES', { trailing: Buffer.from('x') }],
    'a context with a count and nothing else': ['MESSAGE_NOT_CANONICAL', { serializedContext: uint16(0) }],
    'a context with half a count': ['MESSAGE_NOT_CANONICAL', { serializedContext: Buffer.from([0]) }],
    'a context that counts too many pairs': [
      'MESSAGE_NOT_CANONICAL',
      { serializedContext: craftContext([['a', 'b']], 2) },
    ],
    'a context that counts too few pairs': [
      'MESSAGE_NOT_CANONICAL',
      {
        serializedContext: craftContext(
          [
            ['a', 'b'],
            ['c', 'd'],
          ],
          1,
        ),
      },
    ],
    'a context with a key twice': [
      'MESSAGE_NOT_CANONICAL',
      {
        serializedContext: craftContext([
          ['a', 'b'],
          ['a', 'b'],
        ]),
      },
    ],
    'a context out of order': [
      'MESSAGE_NOT_CANONICAL',
      {
        serializedContext: craftContext([
          ['b', ''],
          ['a', ''],
        ]),
      },
    ],
    'a context that is not UTF-8': [
      'MESSAGE_NOT_CANONICAL',
      { serializedContext: Buffer.concat([uint16(1), uint16(1), Buffer.from([0xff]), uint16(0)]) },
    ],
    'a public key though the suite signs nothing': [
      'MESSAGE_NOT_CANONICAL',
      { serializedContext: signedContext(publicKey) },
    ],
    'no public key though the suite signs': [
      'SIGNATURE_INVALID',
      { suiteId: signed, signWith: keyPair.privateKey },
    ],
    'a public key of another length': [
      'SIGNATURE_INVALID',
      { ...rightSigned, serializedContext: signedContext(publicKey.subarray(1)) },
    ],
    'a public key that is no point': [
      'SIGNATURE_INVALID',
      { ...rightSigned, serializedContext: signedContext(Buffer.from([2, ...Buffer.alloc(48, 0xff)])) },
    ],
    'an uncompressed public key': [
      'SIGNATURE_INVALID',
      { ...rightSigned, serializedContext: signedContext(point) },
    ],
    'no signature': ['MESSAGE_TRUNCATED', { suiteId: signed, serializedContext: signedContext(publicKey) }],
    'an empty signature': [
      'SIGNATURE_INVALID',
      { suiteId: signed, serializedContext: signedContext(publicKey), trailing: uint16(0) },
    ],
    'the signature of another key': [
      'SIGNATURE_INVALID',
      { ...rightSigned, signWith: generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey },
    ],
    'a signature and bytes behind it': [
      'MESSAGE_TRAILING_BYTES',
      { ...rightSigned, trailing: Buffer.alloc(3) },
    ],
  }
  for (const [what, [code, options]] of Object.entries(wrong)) {
    it(`are refused: ${what}`, async () => {
      expect(await codeOf(() => open(craft(options)))).to.equal(code)
    })
  }

  it('are refused when they are the base64 text of a message', async () => {
    const text = Buffer.from(craft().toString('base64'))
    expect(await codeOf(() => open(text))).to.equal('MESSAGE_UNSUPPORTED')
  })

  it('open with the context out of order only where the client says so', async () => {
    const message = craft({
      serializedContext: craftContext([
        ['a', '1'],
        ['B', '2'],
      ]),
    })
    expect(await codeOf(() => open(message))).to.equal('MESSAGE_NOT_CANONICAL')
    const lenient = buildClient({ acceptUnsortedContext: true })
    expect((await lenient.decrypt(keyring, message)).plaintext.toString()).to.equal('content')
    expect((await oracle.decrypt(keyring, message)).plaintext.toString()).to.equal('content')
    expect(inspect(message, { acceptUnsortedContext: true }).encryptionContext).to.deep.equal({
      a: '1',
      B: '2',
    })
  })

  it('open beside data keys with empty fields, which some writers leave', async () => {
    const message = craft({ dataKeys: [['fixed', 'info', ''], ['', '', ''], ...craftedDataKeys] })
    const { plaintext, messageHeader } = await open(message)
    expect(plaintext.toString()).to.equal('content')
    expect(messageHeader.encryptedDataKeys).to.have.length(1)
    expect(inspect(message).encryptedDataKeys).to.have.length(3)
  })

  it('keep every length within the message: none reads or allocates beyond it', async () => {
    const message = craft({ frames: [regular(1), final(2)] })
    for (let offset = 0; offset + 4 <= message.length; offset += 1) {
      const hostile = Buffer.from(message)
      hostile.fill(0xff, offset, offset + 4)
      if (hostile.equals(message)) continue
      expect(await codeOf(() => open(hostile)), `offset ${offset}`).to.not.equal('no error')
    }
  })
})
