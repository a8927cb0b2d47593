import { Duplex, finished, Readable, Writable, type Duplex as DuplexType } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { bytesOf } from '../envelope/fixture.js'
import { afterwards } from './afterwards.js'
import { failingSource, reasonOf } from './failing-source.js'
import { keyring, opened, signed, unsigned } from './fixture.js'
import { gives, parity, uncaught, type Row } from './parity.js'
import { StreamLog } from './stream-log.js'
import { theirs, type Side } from './sides.js'

const plaintext = bytesOf('lifecycle', 1 << 20)
const sealedText = (await theirs.client.encrypt(keyring, plaintext, { suiteId: unsigned })).result
const bytewise = { objectMode: false }

interface Direction {
  readonly name: 'encryptStream' | 'decryptStream'
  readonly input: Buffer
  readonly make: (side: Side) => DuplexType
  /** Whether that is what it should give. */
  readonly right: (output: Buffer) => Promise<boolean>
}
const directions: readonly Direction[] = [
  {
    name: 'encryptStream',
    input: plaintext,
    make: ({ client }) => client.encryptStream(keyring, { suiteId: unsigned }),
    right: async (output) => (await opened(output)) === plaintext.toString('latin1'),
  },
  {
    name: 'decryptStream',
    input: sealedText,
    make: ({ client }) => client.decryptStream(keyring),
    right: async (output) => output.equals(plaintext),
  },
]

function inPieces(input: Buffer, length = 4096): Readable {
  const pieces = Array.from({ length: Math.ceil(input.length / length) }, (_, n) =>
    input.subarray(n * length, (n + 1) * length),
  )
  return Readable.from(pieces, bytewise)
}

function sink(chunks: Buffer[], each: (callback: (error?: Error) => void) => void = setImmediate): Writable {
  return new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _, callback) {
      chunks.push(chunk)
      each(callback)
    },
  })
}

const spurious = 'theirs tells of a "Premature close" that the caller asked for'
const nodes = 'a stream of Node closes itself (autoDestroy)'

async function rejection(running: Promise<unknown>): Promise<string> {
  try {
    await running
    return 'resolved'
  } catch (error) {
    return error instanceof Error ? (error.name === 'AbortError' ? error.name : error.message) : 'thrown'
  }
}

/** Writes until the stream is full and stays so; returns how many bytes it took. */
async function fill(stream: DuplexType, input: Buffer): Promise<number> {
  let taken = 0
  while (taken < input.length) {
    const went = stream.write(input.subarray(taken, taken + 4096))
    taken += 4096
    if (went) continue
    const drained = new Promise((resolve) => stream.once('drain', () => resolve(true)))
    if (!(await Promise.race([drained, sleep(100, false)]))) return taken
  }
  return taken
}

for (const { name, input, make, right } of directions) {
  parity(`${name}: reading`, [
    {
      what: 'pipeline',
      both: gives(true),
      run: async (side) => {
        const chunks: Buffer[] = []
        await pipeline(inPieces(input), make(side), sink(chunks))
        return right(Buffer.concat(chunks))
      },
    },
    {
      what: 'pipe',
      both: gives(true),
      run: async (side) => {
        const chunks: Buffer[] = []
        const to = sink(chunks)
        inPieces(input, 1000).pipe(make(side)).pipe(to)
        await new Promise((resolve) => to.on('finish', resolve))
        return right(Buffer.concat(chunks))
      },
    },
    {
      what: 'for await',
      both: gives(true),
      run: async (side) => {
        const stream = make(side)
        const chunks: Buffer[] = []
        stream.end(input)
        for await (const chunk of stream) chunks.push(chunk)
        return right(Buffer.concat(chunks))
      },
    },
    {
      what: "'readable' and read()",
      both: gives(true),
      run: async (side) => {
        const stream = make(side)
        const chunks: Buffer[] = []
        stream.on('readable', () => {
          for (let chunk: Buffer | null; (chunk = stream.read()) !== null;) chunks.push(chunk)
        })
        const ended = new Promise((resolve) => stream.on('end', resolve))
        stream.end(input)
        await ended
        return right(Buffer.concat(chunks))
      },
    },
    {
      what: 'pause and resume',
      both: gives([true, true]),
      run: async (side) => {
        const stream = make(side)
        const log = new StreamLog(stream)
        stream.once('data', () => stream.pause())
        stream.end(input)
        await log.until(() => log.chunks.length > 0)
        await afterwards()
        const pausedEarly = log.data.length < input.length / 2
        stream.resume()
        await log.settled()
        return [pausedEarly, await right(Buffer.concat(log.chunks))]
      },
    },
    {
      what: 'a web stream of it',
      both: gives(true),
      run: async (side) => {
        const stream = make(side)
        stream.end(input)
        const chunks: Uint8Array[] = []
        for await (const chunk of Readable.toWeb(stream)) chunks.push(chunk)
        return right(Buffer.concat(chunks))
      },
    },
    {
      what: 'finished()',
      both: gives('well'),
      run: (side) => {
        const stream = make(side)
        stream.resume().end(input)
        return new Promise((resolve) => finished(stream, (error) => resolve(error ? error.message : 'well')))
      },
    },
  ])

  parity(`${name}: back-pressure`, [
    {
      what: 'nobody reads: it takes little, and says so',
      both: gives(true),
      run: async (side) => (await fill(make(side), input)) < 512 * 1024,
    },
    {
      what: 'what it took comes out when somebody reads',
      both: gives(true),
      run: async (side) => {
        const stream = make(side)
        const taken = await fill(stream, input)
        const log = new StreamLog(stream)
        stream.end(input.subarray(taken))
        await log.settled()
        return right(Buffer.concat(log.chunks))
      },
    },
    {
      what: 'a slow reader: it holds little at any time',
      both: gives([true, true]),
      run: async (side) => {
        const stream = make(side)
        const chunks: Buffer[] = []
        let most = 0
        const to = sink(chunks, (callback) => {
          most = Math.max(most, stream.readableLength + stream.writableLength)
          setImmediate(callback)
        })
        await pipeline(inPieces(input), stream, to)
        return [await right(Buffer.concat(chunks)), most < 256 * 1024]
      },
    },
  ])

  parity(`${name}: destroyed`, [
    ...[false, true].map((begun): Row => ({
      what: begun ? 'after some input: closes, and nothing more' : 'at once: closes, and nothing more',
      theirs: name === 'encryptStream' ? uncaught(gives('close')) : gives('close error'),
      ours: gives('close'),
      because: spurious,
      run: async (side) => {
        const stream = make(side)
        const log = new StreamLog(stream)
        if (begun) {
          stream.write(input.subarray(0, 20_000))
          await log.until(() => log.chunks.length > 0)
        }
        const before = log.all
        stream.destroy()
        await log.until(() => log.count('close') > 0)
        await afterwards()
        const after = log.all.slice(before.length).trim()
        // Whether the header still comes is a matter of time in theirs.
        return side === theirs ? after.replace(/ ?MessageHeader/, '') : after
      },
    })),
    {
      what: 'with an error: that error, then close',
      theirs: name === 'encryptStream' ? uncaught(gives(['mine'])) : gives(['mine', 'Premature close']),
      ours: gives(['mine']),
      because: spurious,
      run: async (side) => {
        const stream = make(side)
        const log = new StreamLog(stream)
        stream.write(input.subarray(0, 20_000))
        await log.until(() => log.chunks.length > 0)
        stream.destroy(new Error('mine'))
        await log.until(() => log.count('close') > 0)
        await afterwards()
        return log.errors.map(reasonOf)
      },
    },
    {
      what: 'by leaving a for await: closes, and throws nothing into the void',
      theirs: name === 'encryptStream' ? uncaught(gives(1)) : gives(1),
      ours: gives(1),
      because: spurious,
      run: async (side) => {
        const stream = make(side)
        let closed = 0
        stream.on('close', () => (closed += 1))
        stream.end(input)
        for await (const _ of stream) break
        await afterwards()
        return closed
      },
    },
    {
      what: 'a write afterwards gives no data',
      theirs: name === 'encryptStream' ? uncaught(gives(0)) : gives(0),
      ours: gives(0),
      because: spurious,
      run: async (side) => {
        const stream = make(side)
        const log = new StreamLog(stream)
        stream.destroy()
        await afterwards()
        stream.write(input.subarray(0, 20_000))
        await afterwards()
        return log.chunks.length
      },
    },
  ])

  const premature = (value: unknown) => (name === 'encryptStream' ? uncaught(gives(value)) : gives(value))
  parity(`${name}: a pipeline that fails`, [
    {
      what: 'at its source: rejects with that error, and destroys the rest',
      theirs: premature(['source broke', true, true]),
      ours: gives(['source broke', true, true]),
      because: spurious,
      run: async (side) => {
        const stream = make(side)
        const to = sink([])
        const error = await rejection(pipeline(failingSource(input.subarray(0, 5000)), stream, to))
        await afterwards()
        return [error, stream.destroyed, to.destroyed]
      },
    },
    {
      what: 'at its sink: rejects with that error, and destroys the rest',
      theirs: premature(['sink broke', true, true]),
      ours: gives(['sink broke', true, true]),
      because: spurious,
      run: async (side) => {
        const stream = make(side)
        const from = inPieces(input)
        const to = sink([], (callback) => callback(new Error('sink broke')))
        const error = await rejection(pipeline(from, stream, to))
        await afterwards()
        return [error, stream.destroyed, from.destroyed]
      },
    },
    {
      what: 'by an AbortSignal',
      theirs: premature(['AbortError', true, true]),
      ours: gives(['AbortError', true, true]),
      because: spurious,
      run: async (side) => {
        const stream = make(side)
        const controller = new AbortController()
        const from = new Readable({ read: () => void setImmediate(() => controller.abort()) })
        const error = await rejection(pipeline(from, stream, sink([]), { signal: controller.signal }))
        await afterwards()
        return [error, stream.destroyed, from.destroyed]
      },
    },
  ])

  parity(`${name}: what it is`, [
    {
      what: 'a Duplex of Node',
      theirs: gives([false, false, false]),
      ours: gives([true, true, true]),
      because: 'theirs is a Duplexify of readable-stream, which merely behaves like one',
      run: (side) => {
        const stream = make(side)
        return [stream instanceof Duplex, stream instanceof Readable, stream instanceof Writable]
      },
    },
    {
      what: 'readable, writable, not in object mode',
      both: gives([true, true, false, false]),
      run: (side) => {
        const { readable, writable, readableObjectMode, writableObjectMode } = make(side)
        return [readable, writable, readableObjectMode ?? false, writableObjectMode ?? false]
      },
    },
    {
      what: 'close, after a good end',
      theirs: gives([0, false]),
      ours: gives([1, true]),
      because: nodes,
      run: async (side) => {
        const stream = make(side)
        const log = new StreamLog(stream)
        stream.end(input)
        await log.settled()
        return [log.count('close'), stream.destroyed]
      },
    },
  ])
}

parity(
  'the streams of both directions, one after the other',
  [unsigned, signed].flatMap((suiteId) =>
    [1, 7, 4096, 100_000].map((frameLength): Row => ({
      what: `suite ${suiteId.toString(16)}, frames of ${frameLength}`,
      both: gives(true),
      run: async ({ client }) => {
        const input = plaintext.subarray(0, frameLength < 10 ? 1000 : 300_000)
        const chunks: Buffer[] = []
        const sealing = client.encryptStream(keyring, { suiteId, frameLength })
        await pipeline(inPieces(input, 777), sealing, client.decryptStream(keyring), sink(chunks))
        return Buffer.concat(chunks).equals(input)
      },
    })),
  ),
)
