import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { inspect } from 'node:util'
import { InputError } from '@sealring/core'
import type { MessageHeader } from '@sealring/core/envelope'
import type { Outcome } from './outcome.js'
import type { Random } from './random.js'

/** A message in pieces, as a network might give it; empty ones among them. */
export function chunksOf(message: Buffer, random: Random): Buffer[] {
  const longest = random.pick([3, 30, 100, 300, message.length + 1, message.length + 1])
  const chunks: Buffer[] = []
  for (let offset = 0; offset < message.length;) {
    const length = Math.max(random.index(longest + 1), message.length >> 9)
    chunks.push(message.subarray(offset, offset + length))
    offset += length
  }
  return chunks
}

export function bytewise(message: Buffer): Buffer[] {
  return Array.from(message, (_byte, offset) => message.subarray(offset, offset + 1))
}

async function writeAll(stream: Duplex, chunks: readonly Buffer[], patient: boolean): Promise<void> {
  for (const chunk of chunks) {
    if (stream.destroyed) return
    const ready = stream.write(chunk)
    if (!ready && patient && !stream.destroyed) {
      await Promise.race([once(stream, 'drain'), once(stream, 'close')]).catch(() => undefined)
    }
  }
  if (!stream.destroyed) stream.end()
}

/**
 * Makes a decrypting stream, drives it to its end and notes what no stream may do. `patient`: waits for drain. What
 * happens after its end is told to `late`.
 */
export async function throughDuplex(
  make: () => Duplex,
  chunks: readonly Buffer[],
  patient: boolean,
  late: (what: string) => void,
): Promise<Outcome> {
  let stream
  try {
    stream = make()
  } catch (error) {
    const faults = error instanceof InputError ? [] : [`thrown at once: ${inspect(error)}`]
    return { error, plaintext: Buffer.alloc(0), faults }
  }
  return drive(stream, chunks, patient, late)
}

function drive(
  stream: Duplex,
  chunks: readonly Buffer[],
  patient: boolean,
  late: (what: string) => void,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = []
    const headers: MessageHeader[] = []
    const faults: string[] = []
    let fault = (what: string): void => void faults.push(what)
    let error: unknown
    let ended = false
    stream.on('MessageHeader', (header: MessageHeader) => {
      if (pieces.length > 0) fault('MessageHeader after the first byte')
      if (headers.push(header) > 1) fault('MessageHeader twice')
    })
    stream.on('data', (piece: Buffer) => {
      if (error !== undefined || ended) fault('bytes after the error or the end')
      pieces.push(piece)
    })
    stream.on('end', () => {
      if (error !== undefined || ended) fault('end after the error or the end')
      ended = true
    })
    stream.on('error', (reason: unknown) => {
      if (error !== undefined || ended) fault(`a second error, or one after the end: ${String(reason)}`)
      error ??= reason
    })
    stream.on('close', () => {
      if (!ended && error === undefined) fault('closed without end or error')
      if (ended && headers.length === 0) fault('no MessageHeader')
      const failed = error !== undefined || !ended
      resolve({
        plaintext: Buffer.concat(pieces),
        messageHeader: headers[0],
        faults: [...faults],
        ...(failed ? { error: error ?? 'closed' } : {}),
      })
      fault = late
    })
    writeAll(stream, chunks, patient).catch((reason: unknown) => fault(`write: ${String(reason)}`))
  })
}
