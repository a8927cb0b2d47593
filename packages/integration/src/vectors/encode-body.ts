import { paddedIv, u32, u64 } from './message-fields.js'
import { aesGcm } from './message-keys.js'
import type { MessagePlan } from './message-plan.js'

/** The three kinds of content (data-format/message-body-aad.md#body-aad-content). */
const contents = {
  unframed: 'AWSKMSEncryptionClient Single Block',
  regular: 'AWSKMSEncryptionClient Frame',
  final: 'AWSKMSEncryptionClient Final Frame',
}

interface Sealed {
  iv: Buffer
  ciphertext: Buffer
  tag: Buffer
}

function seal(
  plan: MessagePlan,
  encryptionKey: Buffer,
  kind: keyof typeof contents,
  sequence: number,
  plaintext: Buffer,
): Sealed {
  const iv = (plan.ivOf ?? paddedIv)(sequence)
  const aad = Buffer.concat([
    plan.messageId,
    Buffer.from(contents[kind]),
    u32(sequence),
    u64(plaintext.length),
  ])
  const [ciphertext, tag] = aesGcm(encryptionKey, iv, aad, plaintext)
  return { iv, ciphertext, tag }
}

/** data-format/message-body.md#non-framed-data */
function unframedBody(plan: MessagePlan, encryptionKey: Buffer): Buffer {
  const { iv, ciphertext, tag } = seal(plan, encryptionKey, 'unframed', 1, plan.plaintext)
  return Buffer.concat([iv, u64(ciphertext.length), ciphertext, tag])
}

/** data-format/message-body.md#framed-data */
function frames(plan: MessagePlan, encryptionKey: Buffer, frameLength: number): Buffer[] {
  const { plaintext } = plan
  const pieces: Buffer[] = []
  for (let at = 0; at < plaintext.length; at += frameLength)
    pieces.push(plaintext.subarray(at, at + frameLength))
  const lastIsFull = pieces.at(-1)?.length === frameLength
  if (pieces.length === 0 || (plan.emptyFinalFrame && lastIsFull)) pieces.push(Buffer.alloc(0))
  return pieces.map((piece, index) => {
    const sequence = plan.faults?.sequence?.[index] ?? index + 1
    const final = index === pieces.length - 1
    const { iv, ciphertext, tag } = seal(plan, encryptionKey, final ? 'final' : 'regular', sequence, piece)
    return Buffer.concat(
      final
        ? [u32(0xffffffff), u32(sequence), iv, u32(piece.length), ciphertext, tag]
        : [u32(sequence), iv, ciphertext, tag],
    )
  })
}

export function encodeBody(plan: MessagePlan, encryptionKey: Buffer): Buffer {
  const { frameLength, faults = {} } = plan
  const made =
    frameLength === 'unframed'
      ? [unframedBody(plan, encryptionKey)]
      : frames(plan, encryptionKey, frameLength)
  return Buffer.concat(faults.frames ? faults.frames(made) : made)
}
