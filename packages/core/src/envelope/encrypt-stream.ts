import type { Duplex } from 'node:stream'
import { EnvelopeError, InputError } from '../errors.js'
import { checkSource, type MaterialsSource } from '../materials/materials-source.js'
import { encryptionMaterials } from '../materials/encryption-materials.js'
import { asBuffer } from '../materials/byte-reader.js'
import type { BodySeal } from './body-seal.js'
import { byteQueue } from './byte-queue.js'
import { checkStreamLength, type ClientSettings } from './client-settings.js'
import {
  checkFrame,
  headerForm,
  allowed,
  askedSuite,
  encryptionRequest,
  type EncryptStreamOptions,
} from './encrypt-options.js'
import {
  checkFrameNumber,
  framesAtOnce,
  finalFrameLength,
  regularFrameLength,
  sealFinalFrame,
  sealRegularFrame,
} from './frames.js'
import { attempt } from './attempt.js'
import { checkOptions } from './input-bytes.js'
import { publicRandomBytes } from './random-bytes.js'
import { sealHeader } from './seal-header.js'
import { footer, maxFooterLength, streamSigner } from './signature.js'
import { stagedDuplex } from './staged-duplex.js'
import { sealUnframed, unframedLength } from './unframed-body.js'

function plaintextBound({ plaintextLength }: EncryptStreamOptions): number {
  if (plaintextLength === undefined || plaintextLength === 0 || Number.isNaN(plaintextLength)) return Infinity
  if (!Number.isSafeInteger(plaintextLength) || plaintextLength < 0) {
    throw new InputError('INVALID_ARGUMENT', 'plaintextLength must be a number of bytes')
  }
  return plaintextLength
}

/**
 * Seals what is written to it, in constant memory when framed (client-apis/streaming.md). Emits 'MessageHeader' once,
 * before any data, and before it 'MissingKeys' where `anyOf` did without a keyring. Throws INVALID_ARGUMENT, SUITE_NOT_ALLOWED, KEYRING_INVALID, MESSAGE_TOO_LARGE at once; other
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
  const { signal } = options
  // Now, not later: the objects are the caller's. What is wrong with them is an event, as in client-node.
  const asked = attempt(() => ({
    bound: plaintextBound(options),
    request: encryptionRequest(options, suite, settings, options.plaintextLength),
  }))
  const queue = byteQueue()
  let seal: BodySeal
  let signer: ReturnType<typeof streamSigner> | undefined
  let headerBytes: Buffer | undefined
  let footerRoom = 0
  let bound = Infinity
  let sequence = 1
  let taken = 0
  let written = 0
  let ended = false
  let finished = false

  function counted(piece: Buffer): Buffer {
    written += piece.length
    checkStreamLength(written + footerRoom, settings)
    signer?.update(piece)
    return piece
  }

  function regularFrames(): Buffer | undefined {
    const each = regularFrameLength(frameLength)
    const count = Math.min(Math.floor(queue.length / frameLength), framesAtOnce(frameLength))
    if (count === 0) return undefined
    const target = Buffer.allocUnsafe(count * each)
    let position = 0
    for (let n = 0; n < count; n += 1) {
      checkFrameNumber(sequence + 1, frameLength)
      position = sealRegularFrame(seal, sequence, queue.take(frameLength), target, position)
      sequence += 1
    }
    return counted(target)
  }

  function lastPart(): Buffer {
    const { length } = queue
    const content = queue.take(length)
    const target = Buffer.allocUnsafe(framed ? finalFrameLength(length) : unframedLength(length))
    if (framed) sealFinalFrame(seal, sequence, content, target, 0)
    else sealUnframed(seal, content, target, 0)
    counted(target)
    return signer === undefined ? target : Buffer.concat([target, footer(signer.sign())])
  }

  function release(): void {
    seal?.destroy()
    queue.clear()
  }

  async function start(): Promise<void> {
    signal?.throwIfAborted()
    const { request, bound: most } = asked()
    bound = most
    const materials = allowed(await encryptionMaterials(source, request), settings)
    try {
      if (duplex.destroyed) return
      const { signature } = materials.suite
      const header = sealHeader(materials, form, settings, publicRandomBytes)
      seal = header.seal
      signer = signature && streamSigner(signature, materials.signingKey)
      footerRoom = signature === undefined ? 0 : maxFooterLength(signature)
      headerBytes = counted(header.bytes)
      if (materials.missingKeys !== undefined) duplex.emit('MissingKeys', materials.missingKeys)
      duplex.emit('MessageHeader', header.messageHeader)
    } finally {
      materials.release()
    }
  }

  const duplex: Duplex = stagedDuplex(
    {
      start,
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
      keep: () => queue.keep(),
      destroy: release,
    },
    signal,
  )
  return duplex
}
