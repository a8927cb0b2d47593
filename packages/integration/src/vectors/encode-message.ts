import { createCipheriv, createHash, hkdfSync } from 'node:crypto'
import type { CipherGCMTypes } from 'node:crypto'
import { p384 } from '@noble/curves/nist.js'

/**
 * Writes AWS Encryption SDK messages from a plan in which nothing is random: the same plan gives the same
 * bytes. Slow, literal, and independent of the engine in core, so that the vectors also test the engine.
 * Comments cite the AWS Encryption SDK specification.
 */
export interface MessagePlan {
  suiteId: 0x0478 | 0x0578
  plaintext: Buffer
  context: Readonly<Record<string, string>>
  frameLength: number
  dataKey: Buffer
  messageId: Buffer
  wrappings: readonly RawAesWrapping[]
  /** P-384 private scalar, for the signed suite. */
  signingKey?: Buffer
  /** After a last full frame, end with an empty final frame, which the specification allows. */
  emptyFinalFrame?: boolean
  /** Faults, for the messages that must be refused. */
  faults?: MessageFaults
}

export interface RawAesWrapping {
  namespace: string
  name: string
  key: Buffer
  iv: Buffer
}

/** Each changes what is authenticated, so that only the named rule is broken. */
export interface MessageFaults {
  commitKey?: (right: Buffer) => Buffer
  contentType?: number
  version?: number
  suiteIdInHeader?: number
  frameLengthInHeader?: number
  /** Which sequence numbers the frames get, in order; authenticated as given. */
  sequence?: readonly number[]
  /** Written frames, in order, after they were made. */
  reorder?: (frames: Buffer[]) => Buffer[]
  /** The pairs of the encryption context in the order in which they are written. */
  pairs?: (pairs: [string, string][]) => [string, string][]
  signature?: (right: Buffer) => Buffer
}

const u16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
const lengthPrefixed = (bytes: Buffer): Buffer => Buffer.concat([u16(bytes.length), bytes])

// data-format/message-body-aad.md, "Message Body AAD": message id, content type string, number, length.
const bodyAad = (messageId: Buffer, final: boolean, sequence: number, length: number): Buffer =>
  Buffer.concat([
    messageId,
    Buffer.from(final ? 'AWSKMSEncryptionClient Final Frame' : 'AWSKMSEncryptionClient Frame'),
    u32(sequence),
    u32(0),
    u32(length),
  ])

const aesNames: Readonly<Record<number, CipherGCMTypes>> = {
  16: 'aes-128-gcm',
  24: 'aes-192-gcm',
  32: 'aes-256-gcm',
}

function aesGcm(key: Buffer, iv: Buffer, aad: Buffer, plaintext: Buffer): [Buffer, Buffer] {
  const name = aesNames[key.length]
  if (!name) throw new Error(`No AES key has ${key.length} bytes.`)
  const cipher = createCipheriv(name, key, iv)
  cipher.setAAD(aad)
  return [Buffer.concat([cipher.update(plaintext), cipher.final()]), cipher.getAuthTag()]
}

/** framework/structures.md, "Serialization": count, then the pairs sorted by the bytes of their keys. */
function serializeContext(context: Readonly<Record<string, string>>, faults: MessageFaults): Buffer {
  const sorted = Object.entries(context).toSorted(([a], [b]) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b)),
  )
  const pairs = faults.pairs ? faults.pairs(sorted) : sorted
  if (pairs.length === 0) return Buffer.alloc(0)
  return Buffer.concat([
    u16(pairs.length),
    ...pairs.flat().map((text) => lengthPrefixed(Buffer.from(text, 'utf8'))),
  ])
}

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

export function encodeMessage(plan: MessagePlan): Buffer {
  const { suiteId, plaintext, frameLength, dataKey, messageId, faults = {} } = plan
  const context = { ...plan.context }
  // framework/algorithm-suites.md: 0578 is 0478 with ECDSA on P-384; framework/default-cmm.md: the public
  // key travels, compressed, in the encryption context.
  if (suiteId === 0x0578)
    context['aws-crypto-public-key'] = Buffer.from(p384.getPublicKey(plan.signingKey!, true)).toString(
      'base64',
    )
  const serialized = serializeContext(context, faults)

  // framework/algorithm-suites.md, "HKDF with key commitment": salt is the message id.
  const derive = (info: Buffer): Buffer => Buffer.from(hkdfSync('sha512', dataKey, messageId, info, 32))
  const derivedKey = derive(Buffer.concat([u16(suiteId), Buffer.from('DERIVEKEY')]))
  const commitKey = derive(Buffer.from('COMMITKEY'))

  // data-format/message-header.md, "Header Body Version 2.0".
  const body = Buffer.concat([
    Buffer.of(faults.version ?? 2),
    u16(faults.suiteIdInHeader ?? suiteId),
    messageId,
    lengthPrefixed(serialized),
    u16(plan.wrappings.length),
    ...plan.wrappings.map((wrapping) => encryptedDataKey(wrapping, dataKey, serialized)),
    Buffer.of(faults.contentType ?? 2),
    u32(faults.frameLengthInHeader ?? frameLength),
    faults.commitKey ? faults.commitKey(commitKey) : commitKey,
  ])
  // "Header Authentication Version 2.0": the IV is zero and not written.
  const [, headerTag] = aesGcm(derivedKey, Buffer.alloc(12), body, Buffer.alloc(0))

  // data-format/message-body.md, "Framed Data".
  const pieces: Buffer[] = []
  for (let at = 0; at < plaintext.length; at += frameLength)
    pieces.push(plaintext.subarray(at, at + frameLength))
  const lastIsFull = pieces.at(-1)?.length === frameLength
  if (pieces.length === 0 || (plan.emptyFinalFrame && lastIsFull)) pieces.push(Buffer.alloc(0))
  const frames = pieces.map((piece, index) => {
    const sequence = faults.sequence?.[index] ?? index + 1
    const final = index === pieces.length - 1
    const iv = Buffer.concat([Buffer.alloc(8), u32(sequence)])
    const [ciphertext, tag] = aesGcm(derivedKey, iv, bodyAad(messageId, final, sequence, piece.length), piece)
    return Buffer.concat(
      final
        ? [u32(0xffffffff), u32(sequence), iv, u32(piece.length), ciphertext, tag]
        : [u32(sequence), iv, ciphertext, tag],
    )
  })
  const unsigned = Buffer.concat([body, headerTag, ...(faults.reorder ? faults.reorder(frames) : frames)])
  if (suiteId !== 0x0578) return unsigned

  // data-format/message-footer.md: over header and body. RFC 6979 nonce and low s, so that it is reproducible.
  const digest = createHash('sha384').update(unsigned).digest()
  const signature = Buffer.from(
    p384.sign(digest, plan.signingKey!, { prehash: false, lowS: true, format: 'der' }),
  )
  return Buffer.concat([unsigned, lengthPrefixed(faults.signature ? faults.signature(signature) : signature)])
}
