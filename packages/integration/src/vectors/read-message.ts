import { createHash } from 'node:crypto'
import { Readable, type Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { KeyringNode } from '@aws-crypto/material-management-node'
import type { DecryptionScenario } from './decryption-scenarios.js'
import { VectorError } from './vector-error.js'

interface ReadOptions {
  readonly encryptionContext?: Readonly<Record<string, string>>
}

/** The engine that opens the messages: what the runner needs of a client's functions. */
export interface VectorClient {
  readonly decrypt: (
    keyring: KeyringNode,
    message: Uint8Array,
    options?: ReadOptions,
  ) => Promise<{ plaintext: Uint8Array }>
  readonly decryptStream: (keyring: KeyringNode, options?: ReadOptions) => Duplex
  readonly decryptUnsignedMessageStream: (keyring: KeyringNode, options?: ReadOptions) => Duplex
}

export interface ReadingLimits {
  /** The same seed cuts each message into the same pieces. */
  readonly seed: number
  /** Longer messages are not read byte by byte. */
  readonly byteByByteUpTo: number
  /** Milliseconds for one reading. */
  readonly timeout: number
}

function pieces(message: Buffer, seed: number): Buffer[] {
  const cut: Buffer[] = []
  for (let at = 0; at < message.length;) {
    const random = createHash('sha256').update(`${seed} ${at} ${message.length}`).digest()
    // From a few bytes to more than a frame.
    const length = 1 + (random.readUInt32BE() % 2 ** (1 + (random.readUInt32BE(4) % 13)))
    cut.push(message.subarray(at, at + length))
    at += length
  }
  return cut
}

/** One way to hand a message over. */
export interface Reading {
  readonly name: string
  /** Through a stream, else through `decrypt`. */
  readonly streamed: boolean
  /** `undefined` where the message is too long for this way. */
  readonly cut: (message: Buffer, limits: ReadingLimits) => Buffer[] | undefined
}

export const readings: readonly Reading[] = [
  { name: 'whole', streamed: false, cut: (message) => [message] },
  { name: 'in pieces', streamed: true, cut: (message, { seed }) => pieces(message, seed) },
  {
    name: 'byte by byte',
    streamed: true,
    cut: (message, { byteByByteUpTo }) =>
      message.length > byteByByteUpTo
        ? undefined
        : Array.from({ length: message.length }, (_, at) => message.subarray(at, at + 1)),
  },
]

async function through(stream: Duplex, cut: Buffer[], signal: AbortSignal): Promise<Buffer> {
  const opened: Buffer[] = []
  await pipeline(
    Readable.from(cut),
    stream,
    async (plaintext: AsyncIterable<Buffer>) => {
      for await (const piece of plaintext) opened.push(piece)
    },
    { signal },
  )
  return Buffer.concat(opened)
}

function whole(
  client: VectorClient,
  keyring: KeyringNode,
  message: Buffer,
  options: ReadOptions,
  signal: AbortSignal,
) {
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')))
  })
  return Promise.race([client.decrypt(keyring, message, options), late])
}

/**
 * Opens one message in one way; `undefined` where it is too long for that way. Throws what the engine throws, and
 * READING_TIMED_OUT.
 */
export async function readMessage(
  client: VectorClient,
  keyring: KeyringNode,
  { unsignedOnly, encryptionContext }: DecryptionScenario,
  message: Buffer,
  { streamed, cut }: Reading,
  limits: ReadingLimits,
): Promise<Buffer | undefined> {
  const parts = cut(message, limits)
  if (!parts) return undefined
  const options = Object.keys(encryptionContext).length > 0 ? { encryptionContext } : {}
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), limits.timeout)
  try {
    if (!streamed && !unsignedOnly) {
      const { plaintext } = await whole(client, keyring, message, options, abort.signal)
      return Buffer.from(plaintext.buffer, plaintext.byteOffset, plaintext.byteLength)
    }
    const open = unsignedOnly ? client.decryptUnsignedMessageStream : client.decryptStream
    return await through(open(keyring, options), parts, abort.signal)
  } catch (error) {
    if (!abort.signal.aborted) throw error
    throw new VectorError('READING_TIMED_OUT', `Neither end nor error within ${limits.timeout} ms`, {
      cause: error,
    })
  } finally {
    clearTimeout(timer)
  }
}
