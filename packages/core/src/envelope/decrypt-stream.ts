import type { Duplex } from 'node:stream'
import { EnvelopeError } from '../errors.js'
import { decryptionMaterials } from '../materials/decryption-materials.js'
import { type MaterialsSource } from '../materials/materials-source.js'
import { asBuffer } from '../materials/byte-reader.js'
import { copyContext } from '../materials/encryption-context.js'
import { byteQueue } from './byte-queue.js'
import { checkStreamLength, type ClientSettings } from './client-settings.js'
import { attempt } from './attempt.js'
import { checkOptions } from './input-bytes.js'
import { maxContentLength, type DecryptStreamOptions } from './decrypt-options.js'
import { finalPrefixLength, framesAtOnce } from './frames.js'
import type { ParsedHeader } from './header.js'
import { headerLength } from './header-length.js'
import { openFrame, openSingleFrame } from './open-frames.js'
import { headerRequest, openHeader, type OpenedHeader } from './open-header.js'
import { parseHeader } from './parse-header.js'
import { frameBytesNeeded, readFrame, type FrameRules } from './read-frame.js'
import { signatureInvalid, streamVerifier, trailingBytes } from './signature.js'
import { stagedDuplex } from './staged-duplex.js'
import { openUnframed, readUnframed, unframedBytesNeeded, unframedPrefixLength } from './unframed-body.js'

interface Body {
  readonly header: ParsedHeader
  readonly opened: OpenedHeader
  readonly rules: FrameRules
  readonly verifier: ReturnType<typeof streamVerifier> | undefined
}

export interface DecryptStreamRules {
  /** Refuse signed messages as soon as the header is parsed (client-apis/decrypt.md#behavior). */
  readonly unsignedOnly: boolean
}

/**
 * Opens what is written to it, in constant memory when framed. Emits 'MessageHeader' once, when the header is
 * authentic, before any data. Of a signed message the last frame is held back until the signature is verified, and
 * only 'end' says that all was authentic. Throws INVALID_ARGUMENT at once; other failures are its 'error'.
 */
export function decryptStream(
  settings: ClientSettings,
  source: MaterialsSource,
  options: DecryptStreamOptions = {},
  { unsignedOnly }: DecryptStreamRules = { unsignedOnly: false },
): Duplex {
  checkOptions(options)
  const maximum = maxContentLength(options, settings)
  const { signal } = options
  // Now, not later: the object is the caller's. What is wrong with it is an event.
  const reproduced = attempt(() => copyContext(options.encryptionContext))
  const queue = byteQueue()
  const lengths = headerLength(queue, settings)
  let headerNeeds = 0
  let headerBytes: number | undefined
  let body: Body | undefined
  let sequence = 1
  let received = 0
  /** The last plaintext, in a signed message until its signature is verified. */
  let last: Buffer | undefined
  let bodyEnded = false
  let complete = false

  /** The header when all of it is there. */
  function completeHeader(): ParsedHeader | undefined {
    while (headerBytes === undefined && queue.length >= headerNeeds) {
      const { value, done } = lengths.next()
      headerNeeds = value
      if (done === true) headerBytes = value
    }
    if (headerBytes === undefined || queue.length < headerBytes) return undefined
    return parseHeader(queue.take(headerBytes), settings)
  }

  async function open(header: ParsedHeader): Promise<void> {
    const { suite, frameLength } = header
    if (unsignedOnly && suite.signature !== undefined) {
      throw new EnvelopeError(
        'SUITE_NOT_ALLOWED',
        `${suite.name} is signed, and only unsigned messages are wanted`,
      )
    }
    const request = headerRequest(header, settings, reproduced())
    const materials = await decryptionMaterials(source, request)
    if (duplex.destroyed) {
      materials.release()
      return
    }
    const opened = openHeader(request, materials)
    const rules = { messageFormat: suite.messageFormat, frameLength, maxContentLength: maximum }
    body = { header, opened, rules, verifier: undefined }
    const verifier = suite.signature && streamVerifier(suite.signature, opened.verificationKey)
    verifier?.update(header.body)
    verifier?.update(header.authentication)
    body = { header, opened, rules, verifier }
    duplex.emit('MessageHeader', opened.messageHeader)
  }

  function endBody(plaintext: Buffer): void {
    last = plaintext
    bodyEnded = true
    body?.opened.seal.destroy()
    complete = body?.verifier === undefined
  }

  function nextUnframed({ opened, verifier }: Body): void {
    const needed = unframedBytesNeeded(queue.peek(unframedPrefixLength), 0, maximum)
    if (queue.length < needed || needed === unframedPrefixLength) return
    const bytes = queue.take(needed)
    verifier?.update(bytes)
    endBody(openUnframed(opened.seal, bytes, readUnframed(bytes, 0, maximum)))
  }

  /** All frames that are there, up to a batch; of the last frame nothing is returned. */
  function nextFrames({ opened, rules, verifier }: Body): Buffer | undefined {
    const batch = framesAtOnce(rules.frameLength)
    let target: Buffer | undefined
    let length = 0
    try {
      for (let n = 0; n < batch && !bodyEnded; n += 1) {
        const needed = frameBytesNeeded(queue.peek(finalPrefixLength), 0, sequence, rules)
        if (queue.length < needed || needed <= finalPrefixLength) break
        const frames = Math.min(batch, Math.floor(queue.length / needed))
        const bytes = queue.take(needed)
        const frame = readFrame(bytes, 0, sequence, rules)
        verifier?.update(bytes)
        sequence += 1
        if (frame.final) {
          endBody(openSingleFrame(opened.seal, bytes, frame))
        } else {
          target ??= Buffer.allocUnsafeSlow(frames * rules.frameLength)
          openFrame(opened.seal, bytes, frame, target, length)
          length += frame.contentLength
        }
      }
    } catch (error) {
      target?.fill(0)
      throw error
    }
    return target?.subarray(0, length)
  }

  // client-apis/decrypt.md#verify-the-signature
  function nextFooter({ verifier }: Body): void {
    if (verifier === undefined || queue.length < 2) return
    const length = 2 + queue.uint(0, 2)
    if (queue.length < length) return
    if (!verifier.verify(Buffer.from(queue.take(length).subarray(2)))) throw signatureInvalid()
    // Nothing of the last frame of what is no message.
    if (queue.length > 0) throw trailingBytes(queue.length)
    complete = true
  }

  function release(): void {
    body?.opened.seal.destroy()
    queue.clear()
  }

  function nextOfBody(current: Body): Buffer | undefined {
    if (current.header.contentType === 'framed') return nextFrames(current)
    nextUnframed(current)
    return undefined
  }

  function nextPiece(current: Body): Buffer | undefined {
    if (!bodyEnded) {
      const frames = nextOfBody(current)
      if (frames !== undefined || !bodyEnded) return frames
    }
    if (!complete) nextFooter(current)
    if (!complete) return undefined
    const piece = last
    last = undefined
    return piece !== undefined && piece.length > 0 ? piece : undefined
  }

  const duplex: Duplex = stagedDuplex(
    {
      async start() {
        signal?.throwIfAborted()
      },
      accept(chunk) {
        received += chunk.length
        checkStreamLength(received, settings)
        queue.push(asBuffer(chunk))
        if (body !== undefined) return undefined
        const header = completeHeader()
        return header && open(header)
      },
      finish() {
        if (complete) return undefined
        // It says what is wrong with a header that is none.
        if (body === undefined) parseHeader(queue.peek(queue.length), settings)
        throw new EnvelopeError('MESSAGE_TRUNCATED', 'The message ends before its end')
      },
      next() {
        if (body === undefined) return undefined
        const piece = nextPiece(body)
        if (piece === undefined && complete && queue.length > 0) throw trailingBytes(queue.length)
        return piece
      },
      keep: () => queue.keep(),
      destroy() {
        last?.fill(0)
        release()
      },
    },
    signal,
  )
  return duplex
}
