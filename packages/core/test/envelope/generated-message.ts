import { encryptionMaterials } from '#src/materials/encryption-materials.js'
import { algorithmSuites } from '#src/materials/algorithm-suites.js'
import {
  finalFrameLength,
  regularFrameLength,
  sealFinalFrame,
  sealRegularFrame,
} from '#src/envelope/frames.js'
import { defaultLimits } from '#src/envelope/limits.js'
import { sealHeader } from '#src/envelope/seal-header.js'
import { CommitmentPolicy, type SeekableSource } from '@sealring/core/envelope'
import { fixedKeyring } from './fixed-keyring.js'
import { bytesOf } from './fixture.js'

export const generatedDataKey = bytesOf('data key', 32)

export interface GeneratedMessage extends SeekableSource {
  /** Bytes of the whole message, whether or not the source tells them. */
  readonly length: number
  readonly headerLength: number
  /** Bytes given so far, and the number of reads. */
  readonly counts: { bytes: number; reads: number; frames: number }
  /** The plaintext, by the same rule that the frames are filled by. */
  readonly plaintext: (start: number, end: number) => Buffer
}

interface Form {
  readonly frameLength: number
  readonly plaintextLength: number
  readonly tellsSize: boolean
}

// A prime, so that no two frames are alike.
const period = 65_521
const pattern = bytesOf('pattern', period)

/** The plaintext from byte `position` on. */
function fill(target: Buffer, position: number): Buffer {
  for (let written = 0; written < target.length;) {
    written += pattern.copy(target, written, (position + written) % period)
  }
  return target
}

/** A message of any length that is nowhere: each frame is sealed when it is read. */
export async function generatedMessage({
  frameLength,
  plaintextLength,
  tellsSize,
}: Form): Promise<GeneratedMessage> {
  const suite = algorithmSuites.get(0x0478)!
  const materials = await encryptionMaterials(fixedKeyring(generatedDataKey), {
    suite,
    suiteAsked: true,
    encryptionContext: {},
    requiredContextKeys: [],
    plaintextLength,
    commitmentPolicy: CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT,
  })
  const form = { contentType: 'framed', frameLength } as const
  const { bytes: header, seal } = sealHeader(materials, form, defaultLimits, (length) =>
    bytesOf('id', length),
  )
  const frames = Math.max(1, Math.ceil(plaintextLength / frameLength))
  const step = regularFrameLength(frameLength)
  const lastLength = plaintextLength - (frames - 1) * frameLength
  const length = header.length + (frames - 1) * step + finalFrameLength(lastLength)
  const counts = { bytes: 0, reads: 0, frames: 0 }
  const content = Buffer.alloc(frameLength)
  const frame = Buffer.alloc(finalFrameLength(frameLength))
  let held = 0

  function frameBytes(sequence: number): Buffer {
    const final = sequence === frames
    const part = content.subarray(0, final ? lastLength : frameLength)
    if (held !== sequence) {
      held = sequence
      counts.frames += 1
      fill(part, (sequence - 1) * frameLength)
      if (final) sealFinalFrame(seal, sequence, part, frame, 0)
      else sealRegularFrame(seal, sequence, part, frame, 0)
    }
    return frame.subarray(0, final ? finalFrameLength(lastLength) : step)
  }

  return {
    size: tellsSize ? length : undefined,
    length,
    headerLength: header.length,
    counts,
    plaintext: (start, end) => fill(Buffer.alloc(end - start), start),
    async read(start, askedEnd) {
      const end = Math.min(askedEnd, length)
      const target = Buffer.alloc(Math.max(0, end - start))
      let position = start
      if (position < Math.min(header.length, end)) position += header.copy(target, 0, position, end)
      while (position < end) {
        const sequence = Math.min(frames, Math.floor((position - header.length) / step) + 1)
        const offset = position - header.length - (sequence - 1) * step
        position += frameBytes(sequence).copy(target, position - start, offset, offset + end - position)
      }
      counts.reads += 1
      counts.bytes += target.length
      return target
    },
  }
}
