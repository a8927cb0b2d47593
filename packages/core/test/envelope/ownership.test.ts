import { once } from 'node:events'
import { Readable, Stream } from 'node:stream'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { buildClient, decryptRange } from '@sealring/core/envelope'
import { codeOf } from './code-of.js'
import { buffersHeld } from './collect-garbage.js'
import { bytesOf, keyring, ours, unsigned } from './fixture.js'
import { wrongType } from './wrong-type.js'

async function collect(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of stream) pieces.push(piece)
  return Buffer.concat(pieces)
}

describe('what is the caller’s stays the caller’s', () => {
  it('a context that is changed after the call is not the one that counts', async () => {
    const context: Record<string, string> = { tenant: 'alice' }
    const stream = ours.encryptStream(keyring, { suiteId: unsigned, encryptionContext: context })
    context['tenant'] = 'mallory'
    stream.end('text')
    const message = await collect(stream)
    const demanded: Record<string, string> = { tenant: 'mallory' }
    const opening = ours.decryptStream(keyring, { encryptionContext: demanded })
    const range = decryptRange(keyring, message, { start: 0 }, { encryptionContext: demanded })
    delete demanded['tenant']
    opening.end(message)
    expect(await codeOf(() => collect(opening))).to.equal('CONTEXT_NOT_REPRODUCED')
    expect(await codeOf(() => range)).to.equal('CONTEXT_NOT_REPRODUCED')
    const { messageHeader } = await ours.decrypt(keyring, message)
    expect(messageHeader.encryptionContext).to.deep.equal({ tenant: 'alice' })
  })

  for (const unframed of [false, true]) {
    it(`a buffer may be used again once its write was called back (${unframed ? 'unframed' : 'framed'})`, async () => {
      const stream = ours.encryptStream(keyring, { suiteId: unsigned, unframed })
      const sealed = collect(stream)
      const buffer = Buffer.alloc(5000, 'A')
      for (const letter of ['A', 'B', 'C']) {
        buffer.fill(letter)
        await new Promise((resolve) => stream.write(buffer, resolve))
      }
      buffer.fill('Z')
      stream.end()
      const { plaintext } = await ours.decrypt(keyring, await sealed)
      expect(plaintext.toString()).to.equal(['A', 'B', 'C'].map((letter) => letter.repeat(5000)).join(''))
    })
  }

  it('a buffer that is read into again does not damage what is being opened', async () => {
    const plaintext = bytesOf('reused', 50_000)
    const { result } = await ours.encrypt(keyring, plaintext, { suiteId: unsigned })
    const stream = ours.decryptStream(keyring)
    const opened = collect(stream)
    const buffer = Buffer.alloc(3000)
    for (let start = 0; start < result.length; start += buffer.length) {
      const length = result.copy(buffer, 0, start)
      await new Promise((resolve) => stream.write(buffer.subarray(0, length), resolve))
    }
    stream.end()
    expect((await opened).equals(plaintext)).to.equal(true)
  })

  it('chunks are let go when they are consumed', async () => {
    const stream = ours.encryptStream(keyring, { suiteId: unsigned, frameLength: 65_536 })
    stream.resume()
    const before = buffersHeld()
    for (let n = 0; n < 20; n += 1) {
      await new Promise((resolve) => stream.write(Buffer.alloc(8 * 1024 * 1024), resolve))
    }
    expect(buffersHeld() - before).to.be.below(40 * 1024 * 1024)
    stream.destroy()
  })

  it('a message id shows nothing of the next ones, and changing it changes no message', async () => {
    const { messageHeader } = await ours.encrypt(keyring, 'text', { suiteId: unsigned })
    expect(messageHeader.messageId.buffer.byteLength).to.equal(32)
    const stream = ours.encryptStream(keyring, { suiteId: unsigned })
    stream.once('MessageHeader', ({ messageId }: { messageId: Buffer }) => messageId.fill(1))
    stream.end('text')
    const { plaintext } = await ours.decrypt(keyring, await collect(stream))
    expect(plaintext.toString()).to.equal('text')
  })

  it('the plaintext of a stream is in memory of its own', async () => {
    const { result } = await ours.encrypt(keyring, 'a small secret', { suiteId: unsigned })
    const { plaintext } = await ours.decrypt(keyring, Readable.from([result]))
    expect(plaintext.buffer.byteLength).to.equal(plaintext.length)
  })

  for (const [what, context] of Object.entries({
    'a promise': Promise.resolve({ a: 'b' }),
    'URL parameters': new URLSearchParams('a=b'),
    'a date': new Date(0),
    'a map': new Map([['a', 'b']]),
    'a list': ['a'],
  })) {
    it(`${what} is no encryption context`, async () => {
      const encryptionContext = wrongType(context)
      expect(await codeOf(() => ours.encrypt(keyring, 'text', { encryptionContext }))).to.equal(
        'INVALID_CONTEXT',
      )
      const { result } = await ours.encrypt(keyring, 'text')
      expect(await codeOf(() => ours.decrypt(keyring, result, { encryptionContext }))).to.equal(
        'INVALID_CONTEXT',
      )
    })
  }
})

describe('sources of other libraries', () => {
  it('that close before their end are an error, not a wait', async () => {
    const source = Object.assign(new Stream(), { readable: true, pause() {}, resume() {} })
    const sealing = ours.encrypt(keyring, wrongType(source))
    setImmediate(() => source.emit('close'))
    const error: unknown = await sealing.catch((reason: unknown) => reason)
    expect(error).to.have.property('code', 'ERR_STREAM_PREMATURE_CLOSE')
  })
})

describe('limits of a streamed message', () => {
  it('count the signature', async () => {
    for (let maxMessageLength = 2050; maxMessageLength < 2250; maxMessageLength += 7) {
      const client = buildClient({ maxMessageLength })
      const stream = client.encryptStream(keyring)
      stream.end(Buffer.alloc(1500))
      const pieces: Buffer[] = []
      stream.on('data', (piece: Buffer) => pieces.push(piece))
      const ended = await once(stream, 'end').then(
        () => true,
        () => false,
      )
      if (ended) {
        const message = Buffer.concat(pieces)
        expect(message.length).to.be.at.most(maxMessageLength)
        expect((await client.decrypt(keyring, message)).plaintext.length).to.equal(1500)
      }
    }
  })
})

describe('small and large chunks in turn', () => {
  it('hold no more than a few times their bytes', async () => {
    const stream = ours.encryptStream(keyring, { suiteId: unsigned, unframed: true })
    const before = buffersHeld()
    for (let n = 0; n < 4000; n += 1) {
      await new Promise((resolve) => stream.write(Buffer.alloc(n % 2 === 0 ? 1 : 1024), resolve))
    }
    expect(buffersHeld() - before).to.be.below(4 * 2000 * 1025)
    stream.destroy()
  })
})
