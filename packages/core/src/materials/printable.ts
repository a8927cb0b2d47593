import { isUtf8 } from 'node:buffer'
import { asBuffer } from './byte-reader.js'

function escaped(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
}

/**
 * Bytes of an unauthenticated message as text that may be shown on a terminal or logged: UTF-8 where it is, control
 * characters and all other bytes as `\xNN`.
 */
export function printable(bytes: Uint8Array): string {
  const view = asBuffer(bytes)
  if (isUtf8(view)) {
    return view.toString('utf8').replaceAll(/[\p{C}\\]/gu, (character) => escaped(Buffer.from(character)))
  }
  return view
    .toString('latin1')
    .replaceAll(/[^ -~]|\\/g, (character) => escaped(Buffer.from(character, 'latin1')))
}
