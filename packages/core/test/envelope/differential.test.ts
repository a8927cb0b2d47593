import { expect } from 'chai'
import * as fc from 'fast-check'
import { describe, it } from 'mocha'
import type { KeyringNode } from '@sealring/core/keyring'
import { inspect } from '@sealring/core/envelope'
import {
  bytesOf,
  contexts,
  keyring,
  oracle,
  oracleKeyring,
  otherKeyring,
  ours,
  referenceKeys,
  severalKeyrings,
  signed,
  suites,
  unsigned,
} from './fixture.js'
import { referenceDecode } from './reference-decoder.js'

interface Case {
  readonly suiteId: number
  readonly encryptionContext: Record<string, string>
  readonly frameLength: number
  readonly plaintext: Buffer
}

function withoutPublicKey(context: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(context).filter(([key]) => key !== 'aws-crypto-public-key'))
}

/** Each writer's message opens, to the same plaintext and header, in every reader. */
async function agree(
  writer: KeyringNode,
  reader: KeyringNode,
  { plaintext, ...options }: Case,
): Promise<void> {
  const written = [
    await ours.encrypt(writer, plaintext, options),
    // client-node adds fields to the options that it is given.
    await oracle.encrypt(writer, plaintext, { ...options }),
  ]
  for (const { result, messageHeader } of written) {
    const opened = await ours.decrypt(reader, result)
    const theirs = await oracle.decrypt(reader, result)
    const reference = referenceDecode(result, referenceKeys)
    expect(plaintext.equals(opened.plaintext)).to.equal(true)
    expect(plaintext.equals(theirs.plaintext)).to.equal(true)
    expect(plaintext.equals(reference.plaintext)).to.equal(true)
    expect(opened.messageHeader).to.deep.equal(plain(theirs.messageHeader))
    expect({ ...messageHeader.encryptionContext }).to.deep.equal({
      ...theirs.messageHeader.encryptionContext,
    })
    expect(plain(messageHeader).suiteData).to.deep.equal(plain(theirs.messageHeader).suiteData)
    expect(withoutPublicKey(opened.messageHeader.encryptionContext)).to.deep.equal(options.encryptionContext)
    expect(Object.fromEntries(reference.context)).to.deep.equal({ ...opened.messageHeader.encryptionContext })
    const info = inspect(result)
    expect(info).to.include({
      plaintextLength: plaintext.length,
      frames: reference.frames,
      frameLength: options.frameLength,
      totalLength: result.length,
    })
    expect(info.suite.id).to.equal(options.suiteId)
  }
}

/** Buffers and Uint8Arrays of equal content are equal here. */
function plain(header: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(header).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? Buffer.from(value) : value,
    ]),
  )
}

describe('envelope against client-node and the reference decoder', () => {
  const frameLength = 64
  const sizes = [0, 1, frameLength - 1, frameLength, frameLength + 1, 3 * frameLength, 5 * frameLength + 7]

  for (const { suiteId, name } of suites) {
    for (const [context, encryptionContext] of Object.entries(contexts)) {
      it(`${name}, context ${context}: every size around the frame boundaries`, async () => {
        for (const size of sizes) {
          const plaintext = bytesOf(context, size)
          await agree(keyring, keyring, { suiteId, encryptionContext, frameLength, plaintext })
        }
      })
    }

    it(`${name}: one and several data keys, any one of which opens`, async () => {
      for (const reader of [keyring, otherKeyring, severalKeyrings]) {
        const plaintext = bytesOf('several', 1000)
        await agree(severalKeyrings, reader, {
          suiteId,
          encryptionContext: { a: 'b' },
          frameLength,
          plaintext,
        })
      }
    })

    for (const [size, frame] of [
      [10_000_000, 4096],
      [10_000_000, 64 * 1024],
      [10_000_000, 16 * 1024 * 1024],
      [3 * 1024 * 1024 + 1, 1024 * 1024],
    ] as const) {
      it(`${name}: ${size} bytes in frames of ${frame}`, async () => {
        const plaintext = bytesOf('large', size)
        await agree(keyring, keyring, { suiteId, encryptionContext: {}, frameLength: frame, plaintext })
      }).timeout(60_000)
    }
  }

  it('agrees on whatever fast-check comes up with', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(unsigned, signed),
        fc.dictionary(
          text.filter((key) => !key.startsWith('aws-crypto-')),
          text,
          { maxKeys: 5 },
        ),
        fc.integer({ min: 1, max: 300 }),
        fc.uint8Array({ maxLength: 1000 }),
        async (suiteId, context, frame, bytes) => {
          const encryptionContext = Object.fromEntries(Object.entries(context))
          const plaintext = Buffer.from(bytes)
          await agree(keyring, keyring, { suiteId, encryptionContext, frameLength: frame, plaintext })
        },
      ),
      { numRuns: 60 },
    )
  }).timeout(60_000)

  it('opens what AWS keyrings wrapped, whichever way they sort the context', async () => {
    for (const utf8Sorting of [true, false]) {
      const awsKeyring = oracleKeyring(utf8Sorting)
      for (const encryptionContext of Object.values(contexts)) {
        const { result } = await oracle.encrypt(awsKeyring, 'text', { encryptionContext })
        expect((await ours.decrypt(keyring, result)).plaintext.toString()).to.equal('text')
        expect((await ours.decrypt(awsKeyring, result)).plaintext.toString()).to.equal('text')
      }
    }
  })

  it('writes data keys that an AWS keyring sorting by UTF-8 opens', async () => {
    for (const encryptionContext of Object.values(contexts)) {
      const { result } = await ours.encrypt(keyring, 'text', { encryptionContext })
      expect((await oracle.decrypt(oracleKeyring(true), result)).plaintext.toString()).to.equal('text')
    }
  })

  it('takes strings with an encoding and views into larger buffers', async () => {
    const { result } = await ours.encrypt(keyring, '00ff10', { encoding: 'hex' })
    const shifted = new Uint8Array(result.length + 9)
    shifted.set(result, 5)
    const view = shifted.subarray(5, 5 + result.length)
    for (const [message, options] of [
      [result, {}],
      [view, {}],
      [result.toString('base64'), { encoding: 'base64' }],
    ] as const) {
      expect((await ours.decrypt(keyring, message, options)).plaintext.toString('hex')).to.equal('00ff10')
    }
    const plaintext = await ours.encrypt(keyring, view)
    expect(Buffer.from(view).equals((await ours.decrypt(keyring, plaintext.result)).plaintext)).to.equal(true)
  })
})
