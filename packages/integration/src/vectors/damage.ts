import { u32, u64 } from './message-fields.js'

/** One bit changed; `at` counts from the end where it is negative. */
export function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  const index = at < 0 ? copy.length + at : at
  copy[index] = copy[index]! ^ 1
  return copy
}

/** Version, suite and message id are at least that long in both formats. */
const shortestStart = 1 + 2 + 16

/** Where a message with frames of 256 bytes says so. */
export function frameLengthAt(message: Buffer): number {
  // Content type, then in format 1 reserved bytes and IV length, then the frame length.
  const field = message[0] === 1 ? Buffer.of(2, 0, 0, 0, 0, 12, 0, 0, 1, 0) : Buffer.of(2, 0, 0, 1, 0)
  return message.indexOf(field, shortestStart) + field.length - 4
}

/** Where the only frame of a message begins. */
export const onlyFrameAt = (message: Buffer): number =>
  message.indexOf(Buffer.concat([u32(0xffffffff), u32(1), Buffer.alloc(8)]))

/** A regular frame, written as if it were the final one. */
export const asFinalFrame = (regular: Buffer, frameLength: number): Buffer =>
  Buffer.concat([u32(0xffffffff), regular.subarray(0, 4 + 12), u32(frameLength), regular.subarray(4 + 12)])

/** An unframed body with another content length (after the IV). */
export const withContentLength = (body: Buffer, length: number | bigint): Buffer =>
  Buffer.concat([body.subarray(0, 12), u64(length), body.subarray(20)])

/** Bytes of content in an unframed body: all but IV, length and tag. */
export const contentLengthOf = (body: Buffer): number => body.length - 12 - 8 - 16
