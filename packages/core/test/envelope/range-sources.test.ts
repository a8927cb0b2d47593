import { randomInt } from 'node:crypto'
import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { after, before, describe, it } from 'mocha'
import { BackendError, SealringError } from '@sealring/core'
import { buildClient, decryptRange, fileSource, type SeekableSource } from '@sealring/core/envelope'
import { codeOf, errorOf } from './code-of.js'
import { countingSource } from './counting-source.js'
import { craftMessage } from './craft-message.js'
import { fixedKeyring } from './fixed-keyring.js'
import { bytesOf, keyring, ours, unsigned } from './fixture.js'
import { longHeaderMessage } from './long-header.js'
import { wrongType } from './wrong-type.js'

const plaintext = bytesOf('source', 50_000)
let message: Buffer
const range = { start: 20_000, end: 30_000 }
const wanted = plaintext.subarray(range.start, range.end)

before(async () => {
  message = (await ours.encrypt(keyring, plaintext, { suiteId: unsigned, frameLength: 1000 })).result
})

const read = (source: unknown) => () => decryptRange(keyring, wrongType(source), range)

describe('decryptRange: hostile and broken sources', () => {
  const invalid: Readonly<Record<string, unknown>> = {
    nothing: undefined,
    text: 'AgR4',
    'an object without read': { size: 5 },
    'a negative size': { size: -1, read: async () => message },
    'a size that is no integer': { size: 0.5, read: async () => message },
    'a size that is no number': { size: Number.NaN, read: async () => message },
    'a size that is text': { size: '5', read: async () => message },
    'a size beyond 2^53': { size: 2 ** 53, read: async () => message },
  }
  for (const [what, source] of Object.entries(invalid)) {
    it(`INVALID_ARGUMENT: ${what}`, async () => {
      expect(await codeOf(read(source))).to.equal('INVALID_ARGUMENT')
    })
  }

  const slice = async (start: number, end: number) => message.subarray(start, end)
  const answers: Readonly<Record<string, readonly [string, SeekableSource['read']]>> = {
    'one byte more': ['SOURCE_FAILED', (start, end) => slice(start, end + 1)],
    'everything, whatever was asked for': ['SOURCE_FAILED', async () => message],
    text: ['SOURCE_FAILED', async () => wrongType('text')],
    'nothing at all': ['SOURCE_FAILED', async () => wrongType(undefined)],
    'an array of bytes': ['SOURCE_FAILED', async () => wrongType([1, 2, 3])],
    'a rejection': ['SOURCE_FAILED', () => Promise.reject(new Error('disk'))],
    'an exception': [
      'SOURCE_FAILED',
      () => {
        throw new Error('disk')
      },
    ],
    'fewer bytes': ['MESSAGE_TRUNCATED', (start, end) => slice(start, end - 1)],
    'no bytes': ['MESSAGE_TRUNCATED', async () => new Uint8Array(0)],
    'other bytes of the message': [
      'FRAME_OUT_OF_ORDER',
      (start, end) => slice(start && start - 1032, start ? end - 1032 : end),
    ],
    'bytes that are off by one': [
      'FRAME_OUT_OF_ORDER',
      (start, end) => slice(start && start - 1, start ? end - 1 : end),
    ],
    zeros: ['MESSAGE_UNSUPPORTED', async (start, end) => new Uint8Array(end - start)],
    'zeros behind the header': [
      'FRAME_OUT_OF_ORDER',
      async (start, end) => (start === 0 ? message.subarray(start, end) : new Uint8Array(end - start)),
    ],
  }
  for (const [what, [code, answer]] of Object.entries(answers)) {
    it(`${code}: ${what}`, async () => {
      expect(await codeOf(read({ size: message.length, read: answer }))).to.equal(code)
      // Without a size, a short answer is the end: there it is where the frames are not.
      expect(await codeOf(read({ read: answer }))).to.equal(code)
    })
  }

  it('believes no size that is too large or too small', async () => {
    for (const size of [0, 100, message.length - 45_000, message.length + 1, 2 ** 53 - 1]) {
      const source = countingSource(message, size)
      const run = () => decryptRange(keyring, source, { start: 20_000 })
      expect(await codeOf(run), String(size)).to.equal('MESSAGE_TRUNCATED')
      for (const { end } of source.reads) expect(end).to.be.at.most(size)
    }
    // What lies within is authentic all the same.
    for (const size of [message.length - 1000, 2 ** 53 - 1]) {
      const result = await decryptRange(keyring, countingSource(message, size), range)
      expect(result.plaintext.equals(wanted)).to.equal(true)
      expect(result).to.not.have.property('totalLength')
    }
  })

  it('keeps the error of the source: as the cause, or as it is when it has a code', async () => {
    const disk = new Error('disk')
    const wrapped = await errorOf(read({ size: 5000, read: () => Promise.reject(disk) }))
    expect(wrapped).to.include({ code: 'SOURCE_FAILED', cause: disk })
    const coded = new BackendError('UNREACHABLE', 'away', {
      backend: 'b',
      operation: 'read',
      retryable: true,
    })
    expect(await errorOf(read({ size: 5000, read: () => Promise.reject(coded) }))).to.equal(coded)
  })

  it('does not mix two messages', async () => {
    const other = (await ours.encrypt(keyring, plaintext, { suiteId: unsigned, frameLength: 1000 })).result
    const source = {
      size: message.length,
      read: async (start: number, end: number) => (start === 0 ? message : other).subarray(start, end),
    }
    expect(await codeOf(read(source))).to.equal('FRAME_UNAUTHENTIC')
  })

  it('reads no more of an endless header than the limits allow', async () => {
    const info = Buffer.alloc(0xffff, 'i')
    const endless = craftMessage({
      suiteId: unsigned,
      messageId: bytesOf('message id', 32),
      dataKey: bytesOf('data key', 32),
      dataKeys: Array.from({ length: 200 }, () => ['fixed', info, info] as const),
    })
    for (const size of [endless.length, undefined]) {
      const source = countingSource(endless, size)
      expect(await codeOf(read(source))).to.equal('MESSAGE_TOO_LARGE')
      const given = source.reads.reduce((sum, { given }) => sum + given, 0)
      expect(given).to.equal(1024 * 1024 + 1)
      expect(source.reads.length).to.be.at.most(6)
    }
  })

  it('lets a source without a size answer as briefly as it likes: never a wrong word', async () => {
    const small = await longHeaderMessage(plaintext.subarray(0, 100), {
      suiteId: unsigned,
      frameLength: 16,
      headerLength: 4090,
    })
    await fc.assert(
      fc.asyncProperty(
        fc.infiniteStream(fc.double({ min: 0, max: 2, noNaN: true })),
        fc.nat({ max: 130 }),
        fc.option(fc.nat({ max: 130 }), { nil: undefined }),
        async (fractions, start, length) => {
          const source: SeekableSource = {
            async read(from, to) {
              const fraction = Math.min(1, fractions.next().value)
              return small.subarray(from, from + Math.floor((to - from) * (from === 0 ? 1 : fraction)))
            },
          }
          const end = length === undefined ? undefined : start + length
          const outcome = await decryptRange(keyring, source, { start, end }).catch((error: unknown) => error)
          if (outcome instanceof SealringError) {
            expect(['MESSAGE_TRUNCATED', 'FRAME_OUT_OF_ORDER']).to.include(outcome.code)
            return
          }
          expect(outcome).to.deep.include({
            plaintext: plaintext.subarray(0, 100).subarray(start, end),
            start: Math.min(start, 100),
            end: Math.min(end ?? Infinity, 100),
          })
        },
      ),
      { numRuns: 300 },
    )
  })

  it('finds the end of a source of unknown size in some fifty reads', async () => {
    for (const start of [51_000, 1e9, 2 ** 53 - 1]) {
      const source = countingSource(message, undefined)
      const result = await decryptRange(keyring, source, { start })
      expect(result).to.include({ start: 50_000, end: 50_000, totalLength: 50_000 })
      expect(source.reads.length).to.be.at.most(60)
    }
  })

  it('calls read on the source, and leaves its options to it', async () => {
    class Source {
      readonly #bytes = message
      readonly size = message.length
      async read(start: number, end: number) {
        return this.#bytes.subarray(start, end)
      }
    }
    expect((await decryptRange(keyring, new Source(), range)).plaintext.equals(wanted)).to.equal(true)
  })
})

describe('decryptRange: memory', () => {
  /** Every buffer that is allocated outside the pool while `run` runs. */
  async function allocatedDuring(run: () => Promise<unknown>): Promise<Buffer[]> {
    const original = Buffer.allocUnsafeSlow.bind(Buffer)
    const allocated: Buffer[] = []
    Buffer.allocUnsafeSlow = (size: number) => {
      const buffer = original(size)
      allocated.push(buffer)
      return buffer
    }
    try {
      await run()
    } finally {
      Buffer.allocUnsafeSlow = original
    }
    return allocated
  }
  const isZero = (buffer: Buffer) => buffer.every((byte) => byte === 0)

  it('is zeroed, all but the result', async () => {
    const long = bytesOf('long', 9_000_000)
    const { result } = await ours.encrypt(keyring, long, { suiteId: unsigned, frameLength: 65_536 })
    const whole = { start: 10, end: 8_900_000 }
    let opened: Buffer | undefined
    const allocated = await allocatedDuring(async () => {
      opened = (await decryptRange(keyring, result, whole)).plaintext
    })
    expect(allocated.length).to.be.at.least(4)
    const others = allocated.filter((buffer) => buffer.buffer !== opened!.buffer)
    expect(others).to.have.length(allocated.length - 1)
    for (const buffer of others) expect(isZero(buffer)).to.equal(true)

    // The last frame of the range is another: nothing of those before it may stay.
    const damaged = Buffer.from(result)
    damaged[damaged.length - 200_000]! ^= 1
    const left = await allocatedDuring(async () => {
      expect(await codeOf(() => decryptRange(keyring, damaged, whole))).to.equal('FRAME_UNAUTHENTIC')
    })
    expect(left.length).to.be.at.least(3)
    for (const buffer of left) expect(isZero(buffer)).to.equal(true)
  }).timeout(180_000)
})

describe('decryptRange: the key', () => {
  it('is zeroed, whether the range opens or not', async () => {
    const dataKey = bytesOf('data key', 32)
    const { encrypt } = buildClient('FORBID_ENCRYPT_ALLOW_DECRYPT')
    // Without a KDF the data key is the encryption key.
    const form = { suiteId: 0x0078, frameLength: 1000 }
    const { result } = await encrypt(fixedKeyring(dataKey), plaintext, form)
    const damaged = Buffer.from(result)
    damaged[25_000]! ^= 1
    for (const [bytes, code] of [
      [result, 'no error'],
      [damaged, 'FRAME_UNAUTHENTIC'],
    ] as const) {
      const held: Buffer[] = []
      const alloc = Buffer.alloc.bind(Buffer)
      const keys = () => held.filter((buffer) => buffer.equals(dataKey)).length
      let whileReading = 0
      const source: SeekableSource = {
        size: bytes.length,
        async read(start, end) {
          whileReading = keys()
          return bytes.subarray(start, end)
        },
      }
      Buffer.alloc = (...args: Parameters<typeof alloc>) => {
        const buffer = alloc(...args)
        held.push(buffer)
        return buffer
      }
      try {
        const options = { commitmentPolicy: 'FORBID_ENCRYPT_ALLOW_DECRYPT' } as const
        const run = () => decryptRange(fixedKeyring(dataKey), source, range, options)
        expect(await codeOf(run)).to.equal(code)
      } finally {
        Buffer.alloc = alloc
      }
      expect([whileReading, keys()]).to.deep.equal([1, 0])
    }
  })
})

describe('decryptRange: abort', () => {
  const reason = new Error('enough')

  it('rejects with the reason, wherever it comes', async () => {
    for (let call = 0; call <= 2; call += 1) {
      const controller = new AbortController()
      const { signal } = controller
      let calls = 0
      const source: SeekableSource = {
        size: message.length,
        async read(start, end, options) {
          expect(options.signal).to.equal(signal)
          calls += 1
          if (calls === call) controller.abort(reason)
          return message.subarray(start, end)
        },
      }
      if (call === 0) controller.abort(reason)
      const outcome = await decryptRange(keyring, source, range, { signal }).catch((error: unknown) => error)
      expect(outcome).to.equal(reason)
      expect(calls).to.equal(call)
    }
  })

  it('does not wait for a source that never answers', async () => {
    const controller = new AbortController()
    const source = { size: 5000, read: () => new Promise<Uint8Array>(() => {}) }
    const pending = decryptRange(keyring, source, range, { signal: controller.signal })
    setImmediate(() => controller.abort(reason))
    expect(await pending.catch((error: unknown) => error)).to.equal(reason)
  })

  it('prefers the reason to the error that the source makes of it', async () => {
    const controller = new AbortController()
    const source: SeekableSource = {
      async read() {
        controller.abort(reason)
        throw new Error('The socket was closed')
      },
    }
    const outcome = decryptRange(keyring, source, range, { signal: controller.signal })
    expect(await outcome.catch((error: unknown) => error)).to.equal(reason)
  })
})

describe('fileSource', () => {
  let folder: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sealring-range-'))
  })
  after(() => rm(folder, { recursive: true }))

  it('reads ranges of a file', async () => {
    const path = join(folder, 'message')
    await writeFile(path, message)
    const file = await open(path)
    try {
      const source = await fileSource(file)
      expect(source.size).to.equal(message.length)
      for (let n = 0; n < 50; n += 1) {
        const start = randomInt(plaintext.length)
        const end = start + randomInt(plaintext.length)
        const result = await decryptRange(keyring, source, { start, end })
        const right = result.plaintext.equals(plaintext.subarray(start, end))
        expect(right, `from ${start} to ${end}`).to.equal(true)
      }
      await truncate(path, 32_000)
      expect(await codeOf(read(source))).to.equal('no error')
      await truncate(path, 20_000)
      expect(await codeOf(read(source))).to.equal('MESSAGE_TRUNCATED')
    } finally {
      await file.close()
    }
  })

  it('fails with a code when the file can not be read', async () => {
    const file = await open(join(folder, 'empty'), 'w')
    const source = await fileSource(file)
    expect(await codeOf(read(source))).to.equal('MESSAGE_TRUNCATED')
    await file.close()
    const failure = await errorOf(() => fileSource(file))
    expect(failure.code).to.equal('SOURCE_FAILED')
    expect(failure.cause).to.be.instanceOf(Error)
    expect((await errorOf(read({ ...source, size: 10 }))).code).to.equal('SOURCE_FAILED')
  })
})
