import type { Duplex } from 'node:stream'
import { EnvelopeError, InputError } from '../errors.js'
import { checkSource, encryptionMaterials, type MaterialsSource } from '../materials/ask-for-materials.js'
import { asBuffer } from '../materials/byte-reader.js'
import type { BodySeal } from './body-seal.js'
import { byteQueue } from './byte-queue.js'
import type { ClientSettings } from './client-settings.js'
import {
  checkFrame,
  checkStreamLength,
  headerForm,
  allowed,
  askedSuite,
  encryptionRequest,
  type EncryptStreamOptions,
} from './encrypt-options.js'
import {
  checkFrameNumber,
  finalFrameLength,
  regularFrameLength,
  sealFinalFrame,
  sealRegularFrame,
} from './frames.js'
import { checkOptions } from './input-bytes.js'
import type { MessageHeader } from './message-header.js'
import { publicRandomBytes } from './random-bytes.js'
import { sealHeader } from './seal-header.js'
import { footer, streamSigner } from './signature.js'
import { stagedDuplex } from './staged-duplex.js'
import { sealUnframed, unframedLength } from './unframed-body.js'

/** Bytes of output that are made at once, where frames are shorter. */
const batchLength = 64 * 1024

function plaintextBound({ plaintextLength }: EncryptStreamOptions): number {
  if (plaintextLength === undefined || plaintextLength === 0 || Number.isNaN(plaintextLength)) return Infinity
  if (!Number.isSafeInteger(plaintextLength) || plaintextLength < 0) {
    throw new InputError('INVALID_ARGUMENT', 'plaintextLength must be a number of bytes')
  }
  return plaintextLength
}

/**
 * Seals what is written to it, in constant memory when framed (client-apis/streaming.md). Emits 'MessageHeader' once,
 * before any data. Throws INVALID_ARGUMENT, SUITE_NOT_ALLOWED, KEYRING_INVALID, MESSAGE_TOO_LARGE at once; other
 * failures are its 'error'.
 */
export function encryptStream(
  settings: ClientSettings,
  source: MaterialsSource,
  options: EncryptStreamOptions = {},
): Duplex {
  checkOptions(options)
  checkSource(source)
  const form = headerForm(options, settings)
  const suite = askedSuite(options, settings)
  const { frameLength } = form
  const framed = form.contentType === 'framed'
  const queue = byteQueue()
  let scratch = Buffer.alloc(0)
  let seal: BodySeal
  let signer: ReturnType<typeof streamSigner> | undefined
  let headerBytes: Buffer | undefined
  let sequence = 1
  let taken = 0
  let written = 0
  let ended = false
  let finished = false
  let bound = Infinity

  function scratchFor(length: number): () => Buffer {
    return () => {
      if (scratch.length < length) scratch = Buffer.allocUnsafeSlow(length)
      return scratch
    }
  }

  function signed(piece: Buffer): Buffer {
    written += piece.length
    checkStreamLength(written, settings)
    signer?.update(piece)
    return piece
  }

  function regularFrames(): Buffer | undefined {
    const each = regularFrameLength(frameLength)
    const count = Math.min(
      Math.floor(queue.length / frameLength),
      Math.max(1, Math.floor(batchLength / each)),
    )
    if (count === 0) return undefined
    const target = Buffer.allocUnsafe(count * each)
    let position = 0
    for (let n = 0; n < count; n += 1) {
      checkFrameNumber(sequence + 1, frameLength)
      const content = queue.take(frameLength, scratchFor(frameLength))
      position = sealRegularFrame(seal, sequence, content, target, position)
      sequence += 1
    }
    return signed(target)
  }

  function lastPart(): Buffer {
    const { length } = queue
    const content = queue.take(length, scratchFor(length))
    const target = Buffer.allocUnsafe(framed ? finalFrameLength(length) : unframedLength(length))
    if (framed) sealFinalFrame(seal, sequence, content, target, 0)
    else sealUnframed(seal, content, target, 0)
    signed(target)
    return signer === undefined ? target : Buffer.concat([target, footer(signer.sign())])
  }

  function release(): void {
    seal?.destroy()
    queue.clear()
    scratch.fill(0)
  }

  const duplex = stagedDuplex(
    {
      async start() {
        bound = plaintextBound(options)
        const request = encryptionRequest(options, suite, settings, options.plaintextLength)
        const materials = allowed(await encryptionMaterials(source, request), settings)
        try {
          if (duplex.destroyed) return
          const header = sealHeader(materials, form, settings, publicRandomBytes)
          const { signature } = materials.suite
          seal = header.seal
          signer = signature && streamSigner(signature, materials.signingKey)
          headerBytes = signed(header.bytes)
          emitHeader(header.messageHeader)
        } finally {
          materials.release()
        }
      },
      accept(chunk) {
        taken += chunk.length
        if (taken > bound) {
          throw new EnvelopeError(
            'MESSAGE_TOO_LARGE',
            `The plaintext is longer than ${bound} bytes (plaintextLength)`,
          )
        }
        queue.push(asBuffer(chunk))
        if (!framed) checkFrame(queue.length, settings)
        return undefined
      },
      finish() {
        ended = true
        return undefined
      },
      next() {
        if (headerBytes !== undefined) {
          const bytes = headerBytes
          headerBytes = undefined
          return bytes
        }
        const frames = framed ? regularFrames() : undefined
        if (frames !== undefined || !ended || finished) return frames
        finished = true
        const last = lastPart()
        release()
        return last
      },
      destroy() {
        release()
      },
    },
    options.signal,
  )
  function emitHeader(header: MessageHeader): void {
    duplex.emit('MessageHeader', header)
  }
  return duplex
}
