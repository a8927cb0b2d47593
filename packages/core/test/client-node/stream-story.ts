import type { Duplex } from 'node:stream'
import { Failed } from './parity.js'
import { StreamLog } from './stream-log.js'

export type Piece = Uint8Array | string

/** Writes the pieces, ends the stream and waits for what comes of it. */
export async function story(stream: Duplex, pieces: readonly Piece[]): Promise<StreamLog> {
  const log = new StreamLog(stream)
  for (const piece of pieces) if (!stream.destroyed) stream.write(piece)
  if (!stream.destroyed) stream.end()
  return log.settled()
}

/** The order of events and the bytes: the value of a scenario, with its error if there was one. */
export function told(log: StreamLog, value: object = { order: log.order, data: log.data }): unknown {
  return log.errors.length > 0 ? new Failed(value, log.errors[0]) : value
}

export function piecesOf(message: Buffer, length: number): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < message.length; at += length) pieces.push(message.subarray(at, at + length))
  return pieces
}
