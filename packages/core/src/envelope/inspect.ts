import type { AlgorithmSuite } from '../materials/algorithm-suites.js'
import type { DataKeyEntry } from '../materials/data-key-entry.js'
import type { EncryptionContext } from '../materials/encryption-context.js'
import { printable } from '../materials/printable.js'
import { readBody } from './body.js'
import { resolveSettings, type ClientOptions } from './client-settings.js'
import type { ContentType, ParsedHeader } from './header.js'
import { inputBytes } from './input-bytes.js'
import { parseHeader } from './parse-header.js'
import { checkEnd, readFooter } from './signature.js'

export interface DataKeyInfo {
  /** Name space of the keyring that wrapped it, e.g. 'aws-kms'; escaped as `providerInfo` is. */
  readonly providerId: string
  /** UTF-8 text, e.g. a key ARN; bytes that are no printable text stand as `\xNN`. */
  readonly providerInfo: string
  /** Bytes of the encrypted data key. */
  readonly length: number
}

export interface InspectOptions extends ClientOptions {
  /** Encoding of a message that is a string, e.g. 'base64'. Default 'utf8'. */
  readonly encoding?: BufferEncoding
}

/** What the header of a message says. Nothing of it is authenticated before the message is opened. */
export interface HeaderInfo {
  readonly formatVersion: 1 | 2
  readonly suite: {
    readonly id: number
    readonly name: string
    readonly committing: boolean
    readonly signed: boolean
  }
  /** Hex. */
  readonly messageId: string
  readonly encryptionContext: EncryptionContext
  readonly encryptedDataKeys: readonly DataKeyInfo[]
  readonly contentType: ContentType
  /** 0 in an unframed message. */
  readonly frameLength: number
  /** Bytes of the header with its tag. */
  readonly headerLength: number
}

/** What a whole message says about itself. Nothing of it is authenticated before the message is opened. */
export interface MessageInfo extends HeaderInfo {
  /** Bytes between header and footer: all frames, or the unframed block, with what belongs to them. */
  readonly bodyLength: number
  /** 1 for an unframed body. */
  readonly frames: number
  readonly plaintextLength: number
  /** Bytes of the signature; 0 when the suite signs nothing. */
  readonly signatureLength: number
  /** Bytes of the whole message. */
  readonly totalLength: number
}

function suiteInfo({ id, name, committing, signature }: AlgorithmSuite): MessageInfo['suite'] {
  return { id, name, committing, signed: signature !== undefined }
}

function dataKeyInfo({ providerId, providerInfo, ciphertext }: DataKeyEntry): DataKeyInfo {
  return {
    providerId: printable(Buffer.from(providerId)),
    providerInfo: printable(providerInfo),
    length: ciphertext.byteLength,
  }
}

function headerInfo(header: ParsedHeader): HeaderInfo {
  return {
    formatVersion: header.suite.messageFormat,
    suite: suiteInfo(header.suite),
    messageId: header.messageId.toString('hex'),
    encryptionContext: header.encryptionContext,
    encryptedDataKeys: header.dataKeys.map(dataKeyInfo),
    contentType: header.contentType,
    frameLength: header.frameLength,
    headerLength: header.length,
  }
}

/**
 * What can be read of the start of a sealed message, such as the first kilobytes of a large object. What follows the
 * header is not looked at, and need not be there. Errors: MESSAGE_TRUNCATED (the header goes on),
 * MESSAGE_NOT_CANONICAL, MESSAGE_UNSUPPORTED, MESSAGE_TOO_LARGE, INVALID_ARGUMENT.
 */
export function inspectHeader(message: Uint8Array | string, options: InspectOptions = {}): HeaderInfo {
  const settings = resolveSettings(options)
  const bytes = inputBytes(message, options.encoding, 'message')
  return headerInfo(parseHeader(bytes, settings))
}

/**
 * Everything that can be read of a sealed message without a key. Errors: MESSAGE_TRUNCATED, MESSAGE_TRAILING_BYTES,
 * MESSAGE_NOT_CANONICAL, MESSAGE_UNSUPPORTED, MESSAGE_TOO_LARGE, FRAME_OUT_OF_ORDER, FRAME_UNAUTHENTIC (a frame's IV
 * is another frame's), INVALID_ARGUMENT.
 */
export function inspect(message: Uint8Array | string, options: InspectOptions = {}): MessageInfo {
  const settings = resolveSettings(options)
  const bytes = inputBytes(message, options.encoding, 'message')
  const header = parseHeader(bytes, settings)
  const body = readBody(bytes, header, settings.maxFrameLength)
  const footer = header.suite.signature === undefined ? undefined : readFooter(bytes, body.end)
  checkEnd(bytes, footer?.end ?? body.end)
  return {
    ...headerInfo(header),
    bodyLength: body.end - header.length,
    frames: body.frames,
    plaintextLength: body.plaintextLength,
    signatureLength: footer?.signature.length ?? 0,
    totalLength: bytes.length,
  }
}
