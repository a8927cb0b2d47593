import { createCipheriv, sign, type KeyObject } from 'node:crypto'
import {
  referenceCipher,
  referenceCommitKey,
  referenceEncryptionKey,
  referenceSuites,
} from './reference-suites.js'

/** data-format/message-body-aad.md#body-aad-content */
type ContentKind = 'Frame' | 'Final Frame' | 'Single Block'

/** One frame, authentic as it stands, whatever place it is put in. */
export interface CraftedFrame {
  readonly sequence: number
  readonly final: boolean
  readonly content: Uint8Array
  /** Default: the sequence number, padded. It is what the content is sealed with. */
  readonly iv?: Uint8Array
  /** What the final frame says of its length. Default: the truth. */
  readonly statedLength?: number
  /** What its tag says that it is. Default: the truth. */
  readonly sealedAs?: ContentKind
}

/** The whole content of an unframed message. */
export interface CraftedContent {
  readonly content: Uint8Array
  /** Default: 1, padded. It is what the content is sealed with. */
  readonly iv?: Uint8Array
  /** The 64-bit length in front of it. Default: the truth. */
  readonly statedLength?: bigint
  /** What its tag says that it is. Default: the truth. */
  readonly sealedAs?: ContentKind
}

export type CraftedDataKey = readonly [string | Uint8Array, string | Uint8Array, string | Uint8Array]

/** Whatever is left out is right for the suite. */
export interface CraftedMessage {
  readonly suiteId: number
  /** 16 bytes in format 1, 32 in format 2. */
  readonly messageId: Uint8Array
  readonly dataKey: Uint8Array
  /** The suite that keys and tags are of, where `suiteId` is a lie. */
  readonly sealAs?: number
  readonly version?: number
  /** Format 1 alone. */
  readonly type?: number
  /** The whole field behind its length. Default: none. */
  readonly serializedContext?: Uint8Array
  /** What the length in front of the context says. Default: the truth. */
  readonly contextLength?: number
  /** Serialized pairs that are authenticated with the header but don't stand in it. */
  readonly requiredContext?: Uint8Array
  readonly dataKeys?: readonly CraftedDataKey[]
  readonly contentType?: number
  /** Format 1 alone. */
  readonly reserved?: number
  /** Format 1 alone. */
  readonly ivLength?: number
  /** Default: 8, or 0 where there is `unframed` content. */
  readonly frameLength?: number
  readonly commitKey?: Uint8Array
  /** Format 1 alone: what stands in the header and what its tag is made with. Default: zeros. */
  readonly headerIv?: Uint8Array
  readonly frames?: readonly CraftedFrame[]
  /** In place of frames. */
  readonly unframed?: CraftedContent
  /** Signs header and body and adds the footer. */
  readonly signWith?: KeyObject | undefined
  readonly trailing?: Uint8Array
}

export function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255])
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

export function uint64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(value)
  return bytes
}

function field(value: string | Uint8Array, length?: number): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([uint16(length ?? bytes.length), bytes])
}

/** Pairs in the order given, with whatever count. */
export function craftContext(
  pairs: readonly (readonly [string | Uint8Array, string | Uint8Array])[],
  count = pairs.length,
): Buffer {
  return Buffer.concat([uint16(count), ...pairs.flat().map((value) => field(value))])
}

export const craftedDataKeys = [['fixed', 'info', 'ciphertext']] as const

type Seal = (iv: Uint8Array, aad: Uint8Array, content: Uint8Array) => Buffer

function craftHeaderBody(options: CraftedMessage, format: 1 | 2, commitKey: Uint8Array): Buffer {
  const { suiteId, messageId, unframed } = options
  const dataKeys = options.dataKeys ?? craftedDataKeys
  return Buffer.concat([
    Buffer.from([options.version ?? format]),
    ...(format === 1 ? [Buffer.from([options.type ?? 0x80])] : []),
    uint16(suiteId),
    messageId,
    field(options.serializedContext ?? '', options.contextLength),
    uint16(dataKeys.length),
    ...dataKeys.flat().map((value) => field(value)),
    Buffer.from([options.contentType ?? (unframed === undefined ? 2 : 1)]),
    ...(format === 1 ? [uint32(options.reserved ?? 0), Buffer.from([options.ivLength ?? 12])] : []),
    uint32(options.frameLength ?? (unframed === undefined ? 8 : 0)),
    ...(format === 2 ? [commitKey] : []),
  ])
}

const counter = (value: number) => Buffer.concat([Buffer.alloc(8), uint32(value)])

function bodyAad(messageId: Uint8Array, kind: ContentKind, sequence: number, length: number): Buffer {
  const words = Buffer.from(`AWSKMSEncryptionClient ${kind}`)
  return Buffer.concat([messageId, words, uint32(sequence), uint64(BigInt(length))])
}

function craftFrame(seal: Seal, messageId: Uint8Array, frame: CraftedFrame): Buffer {
  const { sequence, final, content, iv = counter(sequence), statedLength = content.length } = frame
  const kind = frame.sealedAs ?? (final ? 'Final Frame' : 'Frame')
  const aad = bodyAad(messageId, kind, sequence, content.length)
  return Buffer.concat([
    ...(final ? [uint32(0xffffffff)] : []),
    uint32(sequence),
    iv,
    ...(final ? [uint32(statedLength)] : []),
    seal(iv, aad, content),
  ])
}

function craftUnframed(seal: Seal, messageId: Uint8Array, unframed: CraftedContent): Buffer {
  const { content, iv = counter(1), statedLength = BigInt(content.length) } = unframed
  const aad = bodyAad(messageId, unframed.sealedAs ?? 'Single Block', 1, content.length)
  return Buffer.concat([iv, uint64(statedLength), seal(iv, aad, content)])
}

/** Writes any message of either format, right or wrong, with tags that fit. No code in common with the engine. */
export function craftMessage(options: CraftedMessage): Buffer {
  const { messageId, dataKey, unframed, headerIv = Buffer.alloc(12) } = options
  const suite = referenceSuites.get(options.sealAs ?? options.suiteId)
  if (suite === undefined) throw new Error('An unknown suite needs sealAs')
  const key = referenceEncryptionKey(suite, dataKey, messageId)
  const commitKey = options.commitKey ?? referenceCommitKey(dataKey, messageId)
  const seal: Seal = (iv, aad, content) => {
    const cipher = createCipheriv(referenceCipher(key), key, iv)
    cipher.setAAD(aad)
    return Buffer.concat([cipher.update(content), cipher.final(), cipher.getAuthTag()])
  }

  const header = craftHeaderBody(options, suite.format, commitKey)
  const authenticated = Buffer.concat(
    [header, options.requiredContext ?? ''].map((part) => Buffer.from(part)),
  )
  const frames = options.frames ?? [{ sequence: 1, final: true, content: Buffer.from('content') }]
  const message = Buffer.concat([
    header,
    ...(suite.format === 1 ? [headerIv] : []),
    seal(headerIv, authenticated, new Uint8Array(0)),
    ...(unframed === undefined
      ? frames.map((frame) => craftFrame(seal, messageId, frame))
      : [craftUnframed(seal, messageId, unframed)]),
  ])
  const { signWith } = options
  const footer =
    signWith === undefined ? [] : [field(sign(suite.signature?.hash ?? 'sha384', message, signWith))]
  return Buffer.concat([message, ...footer, options.trailing ?? new Uint8Array(0)])
}
