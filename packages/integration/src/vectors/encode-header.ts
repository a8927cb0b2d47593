import { lengthPrefixed, paddedIv, serializeContext, u16, u32, u8 } from './message-fields.js'
import { aesGcm } from './message-keys.js'
import type { Context, MessagePlan, RawAesWrapping } from './message-plan.js'

/** framework/raw-aes-keyring.md, "Key Provider Information" and "OnEncrypt". */
function encryptedDataKey(wrapping: RawAesWrapping, dataKey: Buffer, aad: Buffer): Buffer {
  const [ciphertext, tag] = aesGcm(wrapping.key, wrapping.iv, aad, dataKey)
  const info = Buffer.concat([
    Buffer.from(wrapping.name),
    u32(tag.length * 8),
    u32(wrapping.iv.length),
    wrapping.iv,
  ])
  return Buffer.concat(
    [Buffer.from(wrapping.namespace), info, Buffer.concat([ciphertext, tag])].map(lengthPrefixed),
  )
}

/** The pairs whose keys `wanted` accepts. */
const pick = (context: Context, wanted: (key: string) => boolean): Context =>
  Object.fromEntries(Object.entries(context).filter(([key]) => wanted(key)))

/** data-format/message-header.md: header body and header authentication. `context` has the public key. */
export function encodeHeader(
  plan: MessagePlan,
  context: Context,
  encryptionKey: Buffer,
  commitKey: Buffer | undefined,
): Buffer {
  const { suite, messageId, dataKey, requiredKeys = [], faults = {} } = plan
  const required = (key: string): boolean => requiredKeys.includes(key)
  const stored = serializeContext(pick(context, (key) => !required(key)))
  // The keyring sees every pair, stored or not (framework/structures.md#encryption-materials).
  const wrapped = serializeContext(faults.wrappedContext ? faults.wrappedContext(context) : context)
  const unframed = plan.frameLength === 'unframed'

  const suiteId = u16(faults.suiteIdInHeader ?? suite.id)
  const middle = Buffer.concat([
    messageId,
    lengthPrefixed(faults.storedContext ? faults.storedContext(stored) : stored),
    u16(plan.wrappings.length),
    ...plan.wrappings.map((wrapping) => encryptedDataKey(wrapping, dataKey, wrapped)),
    u8(faults.contentType ?? (unframed ? 1 : 2)),
  ])
  // An unframed message says 0 (#frame-length).
  const frameLength = u32(
    faults.frameLengthInHeader ?? (plan.frameLength === 'unframed' ? 0 : plan.frameLength),
  )
  const bodies = {
    // #header-body-version-10
    1: () => [
      u8(faults.version ?? 1),
      u8(faults.type ?? 0x80),
      suiteId,
      middle,
      u32(faults.reserved ?? 0),
      u8(faults.ivLength ?? 12),
      frameLength,
    ],
    // #header-body-version-20
    2: () => [
      u8(faults.version ?? 2),
      suiteId,
      middle,
      frameLength,
      faults.commitKey ? faults.commitKey(commitKey!) : commitKey!,
    ],
  }
  const body = Buffer.concat(bodies[suite.format]())

  // client-apis/encrypt.md#construct-the-header: the required pairs, and only they, follow the header body.
  const unstored = pick(context, required)
  const aad = serializeContext(faults.unstoredContext ? faults.unstoredContext(unstored) : unstored)
  const iv = (plan.ivOf ?? paddedIv)(0)
  const [, tag] = aesGcm(encryptionKey, iv, Buffer.concat([body, aad]), Buffer.alloc(0))
  // #header-authentication-version-20 doesn't write the IV.
  return Buffer.concat(suite.format === 1 ? [body, iv, tag] : [body, tag])
}
