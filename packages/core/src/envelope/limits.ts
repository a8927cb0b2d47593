import { constants } from 'node:buffer'
import { InputError } from '../errors.js'

/** What a client refuses to write or to read, with MESSAGE_TOO_LARGE. Each is a positive integer. */
export interface Limits {
  /**
   * Encrypted data keys of one message; `false` for as many as the format holds (65,535). Each may cost a call
   * to a key service before anything is authenticated. Default 256.
   */
  readonly maxEncryptedDataKeys: number | false
  /** Bytes of the header with its tag. Default 1 MiB. */
  readonly maxHeaderLength: number
  /** Bytes of the serialized encryption context. Default 65,535, all that the format holds. */
  readonly maxContextLength: number
  /** Bytes of plaintext in one frame, which is held whole before it is released. Default 64 MiB. */
  readonly maxFrameLength: number
  /** Bytes of the whole sealed message. Default: the largest Buffer (4 GiB on Node 20); for streams none. */
  readonly maxMessageLength: number
}

export const defaultLimits: Limits = Object.freeze({
  maxEncryptedDataKeys: 256,
  maxHeaderLength: 1024 * 1024,
  maxContextLength: 0xffff,
  maxFrameLength: 64 * 1024 * 1024,
  maxMessageLength: constants.MAX_LENGTH,
})

function checked<Name extends keyof Limits>(name: Name, value: Limits[Name] | undefined): Limits[Name] {
  if (value === undefined) return defaultLimits[name]
  const unlimited = value === false && name === 'maxEncryptedDataKeys'
  if (!unlimited && !(typeof value === 'number' && Number.isSafeInteger(value) && value >= 1)) {
    throw new InputError('INVALID_ARGUMENT', `${name} must be a positive integer`)
  }
  return value
}

/** The defaults, overridden. Throws INVALID_ARGUMENT. */
export function resolveLimits(options: Partial<Limits>): Limits {
  const limit = <Name extends keyof Limits>(name: Name): Limits[Name] => checked(name, options[name])
  return {
    maxEncryptedDataKeys: limit('maxEncryptedDataKeys'),
    maxHeaderLength: limit('maxHeaderLength'),
    maxContextLength: limit('maxContextLength'),
    maxFrameLength: limit('maxFrameLength'),
    // What is returned whole is one Buffer.
    maxMessageLength: Math.min(limit('maxMessageLength'), constants.MAX_LENGTH),
  }
}
