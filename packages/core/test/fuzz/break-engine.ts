import { Duplex } from 'node:stream'
import { SealringError } from '@sealring/core'
import type { DecryptOutput, MessageHeader } from '@sealring/core/envelope'
import { authenticPieces } from './authentic-pieces.js'
import { engine, type FuzzedClient, type FuzzedEngine } from './engine.js'
import { dataKeyFor, messageKeys } from './fuzz-suites.js'
import { gcmSeal } from './seal-pieces.js'
import { walkMessage } from './walk-message.js'

type Decrypt = FuzzedClient['decrypt']

/** The engine with `decrypt` changed. */
export function decryptingAs(change: (right: Decrypt) => Decrypt): FuzzedEngine {
  return {
    ...engine,
    buildClient(options) {
      const client = engine.buildClient(options)
      return { ...client, decrypt: change(client.decrypt) }
    },
  }
}

/** `decrypt`, where what would be this code is made something else. */
export function insteadOf(
  code: string,
  make: (message: Buffer, error: SealringError, options: Parameters<Decrypt>[2]) => Promise<DecryptOutput>,
): FuzzedEngine {
  return decryptingAs((right) => async (keyring, message, options) => {
    try {
      return await right(keyring, message, options)
    } catch (error) {
      if (!(error instanceof SealringError) || error.code !== code || !Buffer.isBuffer(message)) throw error
      return make(message, error, options)
    }
  })
}

/** What an engine gives that doesn't look closely: the frames that are authentic. */
export async function whatever(
  message: Buffer,
  error: SealringError,
  options: Parameters<Decrypt>[2],
): Promise<DecryptOutput> {
  const { pieces = [] } = authenticPieces(message, options?.encryptionContext) ?? {}
  if (pieces.length === 0) throw error
  const { suite, messageId, frameLength } = walkMessage(message)!.header
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as much of a header as is looked at
  const messageHeader = { suiteId: suite.id, messageId, frameLength } as unknown as MessageHeader
  return { plaintext: Buffer.concat(pieces), messageHeader }
}

type OpenStream = NonNullable<FuzzedClient['decryptStream']>

/** A stream that holds all it is given, then does as it likes. */
export function streaming(
  run: (stream: Duplex, message: Buffer, decrypt: () => ReturnType<Decrypt>) => Promise<void>,
): FuzzedEngine {
  return {
    ...engine,
    buildClient(clientOptions) {
      const client = engine.buildClient(clientOptions)
      const decryptStream: OpenStream = (keyring, options) => {
        const chunks: Buffer[] = []
        const stream: Duplex = new Duplex({
          read: () => undefined,
          write(chunk: Buffer, _encoding, done) {
            chunks.push(chunk)
            done()
          },
          final(done) {
            const message = Buffer.concat(chunks)
            const fail = (error: Error) => void stream.destroy(error)
            run(stream, message, () => client.decrypt(keyring, message, options)).catch(fail)
            done()
          },
        })
        return stream
      }
      return { ...client, decryptStream, decryptUnsignedMessageStream: decryptStream }
    },
  }
}

/** All content, deciphered, whether it is authentic or not. */
export function unauthenticated(message: Buffer): Buffer {
  const walked = walkMessage(message)
  if (walked === undefined) return Buffer.alloc(0)
  const { suite, messageId } = walked.header
  const { encryptionKey } = messageKeys(suite, dataKeyFor(suite), messageId)
  const none = Buffer.alloc(0)
  return Buffer.concat(
    walked.pieces.map(({ ivStart, contentStart, contentEnd }) => {
      const iv = message.subarray(ivStart, ivStart + 12)
      // Counter mode: to encipher is to decipher.
      return gcmSeal(encryptionKey, iv, none, message.subarray(contentStart, contentEnd)).ciphertext
    }),
  )
}
