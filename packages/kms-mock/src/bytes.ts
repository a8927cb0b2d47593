/** The same bytes as a Buffer; nothing is copied. */
export const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/**
 * A copy of the caller's bytes, for what goes on after the call has returned a promise: a caller in this process may then
 * overwrite them.
 */
export const copyOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes)
