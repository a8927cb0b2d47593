import { expect } from 'chai'
import * as fc from 'fast-check'
import { describe, it } from 'mocha'
import type { KeyringNode } from '@sealring/core/keyring'
import { inspect, type Client } from '@sealring/core/envelope'
import { codeOf } from './code-of.js'
import { craftUnframed } from './craft-unframed.js'
import {
  bytesOf,
  clientsFor,
  contexts,
  contextsFor,
  everySuite,
  keyring,
  maximumContext,
  oracle,
  oracleKeyring,
  otherKeyring,
  ours,
  publicKeyContextKey,
  referenceKeys,
  severalKeyrings,
} from './fixture.js'
import { plainHeader } from './plain-header.js'
import { referenceDecode } from './reference-decoder.js'
import type { ReferenceSuite } from './reference-suites.js'

interface Case {
  readonly encryptionContext: Record<string, string>
  readonly frameLength: number
  readonly plaintext: Buffer
  /** Default: one raw AES keyring. */
  readonly writer?: KeyringNode
  /** Default: the writer alone. */
  readonly readers?: readonly KeyringNode[]
}

function withoutPublicKey(context: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(context).filter(([key]) => key !== publicKeyContextKey))
}

/** The message opens, to the same plaintext and header, in every reader. Returns that header. */
async function opensAlike(
  suite: ReferenceSuite,
  message: Buffer,
  { plaintext, encryptionContext, writer = keyring, readers = [writer] }: Case,
  clients: readonly Pick<Client, 'decrypt'>[] = Object.values(clientsFor(suite)),
): Promise<Record<string, unknown>> {
  const reference = referenceDecode(message, referenceKeys)
  expect(plaintext.equals(reference.plaintext), 'reference').to.equal(true)
  const context = Object.fromEntries(reference.context)
  expect(withoutPublicKey(context)).to.deep.equal(encryptionContext)
  const info = inspect(message)
  expect(info).to.include({
    formatVersion: suite.format,
    contentType: reference.contentType,
    plaintextLength: plaintext.length,
    frames: reference.frames,
    frameLength: reference.frameLength,
    totalLength: message.length,
  })
  expect(info.suite).to.include({ id: suite.id, signed: suite.signature !== undefined })
  const headers: Record<string, unknown>[] = []
  for (const reader of readers) {
    for (const { decrypt } of clients) {
      const opened = await decrypt(reader, message)
      expect(plaintext.equals(opened.plaintext)).to.equal(true)
      headers.push(plainHeader(opened.messageHeader))
    }
  }
  for (const header of headers) expect(header).to.deep.equal(headers[0])
  expect(headers[0]).to.deep.include({ encryptionContext: context, suiteId: suite.id, version: suite.format })
  return headers[0]!
}

/** Our messages open in client-node and theirs in ours, and all in the reference decoder. */
async function framedAlike(suite: ReferenceSuite, expected: Case): Promise<void> {
  const { plaintext, encryptionContext, frameLength, writer = keyring } = expected
  const { ours, oracle } = clientsFor(suite)
  const options = { suiteId: suite.id, encryptionContext, frameLength }
  const { result, messageHeader } = await ours.encrypt(writer, plaintext, options)
  expect(await opensAlike(suite, result, expected)).to.deep.equal(plainHeader(messageHeader))
  expect(messageHeader).to.include({ contentType: 2, frameLength })
  // client-node adds fields to the options that it is given.
  const theirs = await oracle.encrypt(writer, plaintext, { ...options })
  expect(await opensAlike(suite, theirs.result, expected, [ours])).to.deep.equal(
    plainHeader(theirs.messageHeader),
  )
}

/** The same for unframed messages. client-node reads them but writes none: crafted ones stand in. */
async function unframedAlike(suite: ReferenceSuite, expected: Case): Promise<void> {
  const { plaintext, encryptionContext, writer = keyring } = expected
  const options = { suiteId: suite.id, encryptionContext, unframed: true }
  const { result, messageHeader } = await clientsFor(suite).ours.encrypt(writer, plaintext, options)
  expect(await opensAlike(suite, result, expected)).to.deep.equal(plainHeader(messageHeader))
  expect(messageHeader).to.include({ contentType: 1, frameLength: 0 })
  await opensAlike(suite, craftUnframed(suite, encryptionContext, plaintext), expected)
}

async function agree(suite: ReferenceSuite, expected: Case): Promise<void> {
  await framedAlike(suite, expected)
  await unframedAlike(suite, expected)
}

describe('envelope against client-node and the reference decoder', () => {
  const frameLength = 64
  const sizes = [0, 1, frameLength - 1, frameLength, frameLength + 1, 3 * frameLength, 5 * frameLength + 7]

  // Those know no boundaries.
  const unframedSizes = [0, 1, 5 * frameLength + 7]

  for (const suite of everySuite) {
    for (const [context, encryptionContext] of Object.entries(contextsFor(suite))) {
      it(`${suite.name}, context ${context}: every size`, async () => {
        for (const size of sizes) {
          await framedAlike(suite, { encryptionContext, frameLength, plaintext: bytesOf(context, size) })
        }
        for (const size of unframedSizes) {
          await unframedAlike(suite, { encryptionContext, frameLength, plaintext: bytesOf(context, size) })
        }
      })
    }

    it(`${suite.name}: one and several data keys, any one of which opens`, async () => {
      const readers = [keyring, otherKeyring, severalKeyrings]
      for (const plaintext of [0, 1, 200].map((size) => bytesOf('several', size))) {
        const encryptionContext = { a: 'b' }
        await agree(suite, { encryptionContext, frameLength, plaintext, writer: severalKeyrings, readers })
      }
    })

    it(`${suite.name}: a context of one byte more than fits is refused`, async () => {
      const { ours } = clientsFor(suite)
      const options = { suiteId: suite.id, encryptionContext: maximumContext(suite, 1) }
      // The keyring is asked first, and it can't bind a data key to such a context either.
      expect(['INVALID_CONTEXT', 'DATA_KEY_NOT_WRAPPED']).to.include(
        await codeOf(() => ours.encrypt(keyring, '', options)),
      )
    })
  }

  for (const suite of everySuite.filter(({ id }) => [0x0178, 0x0578].includes(id))) {
    for (const [size, frame] of [
      [1_000_000, 4096],
      [2_000_000, 64 * 1024],
      [3 * 1024 * 1024 + 1, 1024 * 1024],
    ] as const) {
      it(`${suite.name}: ${size} bytes in frames of ${frame}`, async () => {
        const plaintext = bytesOf('large', size)
        await agree(suite, { encryptionContext: {}, frameLength: frame, plaintext })
      }).timeout(180_000)
    }
  }

  it('agrees on whatever fast-check comes up with', async () => {
    const scalar = fc.integer({ min: 0, max: 0x10ffff }).filter((code) => code < 0xd800 || code > 0xdfff)
    const text = fc.string({ unit: scalar.map((code) => String.fromCodePoint(code)), maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...everySuite),
        fc.dictionary(
          text.filter((key) => !key.startsWith('aws-crypto-')),
          text,
          { maxKeys: 5 },
        ),
        fc.integer({ min: 1, max: 300 }),
        fc.uint8Array({ maxLength: 1000 }),
        fc.constantFrom(keyring, severalKeyrings),
        async (suite, context, frame, bytes, writer) => {
          const encryptionContext = Object.fromEntries(Object.entries(context))
          const plaintext = Buffer.from(bytes)
          await agree(suite, { encryptionContext, frameLength: frame, plaintext, writer })
        },
      ),
      { numRuns: 60 },
    )
  }).timeout(180_000)

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
