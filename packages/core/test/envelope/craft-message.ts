import { createCipheriv, createSign, hkdfSync, type KeyObject } from 'node:crypto'

/** One frame, authentic as it stands, whatever place it is put in. */
export interface CraftedFrame {
  readonly sequence: number
  readonly final: boolean
  readonly content: Uint8Array
  /** Default: the sequence number, padded. It is what the content is sealed with. */
  readonly iv?: Uint8Array
  /** What the final frame says of its length. Default: the truth. */
  readonly statedLength?: number
}

export interface CraftedMessage {
  readonly version?: number
  readonly suiteId: number
  readonly messageId: Uint8Array
  readonly dataKey: Uint8Array
  /** The whole field behind its length. Default: none. */
  readonly serializedContext?: Uint8Array
  readonly dataKeys?: readonly (readonly [string | Uint8Array, string | Uint8Array, string | Uint8Array])[]
  readonly contentType?: number
  readonly frameLength?: number
  /** Default: the right one. */
  readonly commitKey?: Uint8Array
  readonly frames?: readonly CraftedFrame[]
  /** Signs header and body and adds the footer. */
  readonly signWith?: KeyObject
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

function field(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([uint16(bytes.length), bytes])
}

/** Pairs in the order given, with whatever count. */
export function craftContext(pairs: readonly (readonly [string, string])[], count = pairs.length): Buffer {
  return Buffer.concat([uint16(count), ...pairs.flat().map(field)])
}

export const craftedDataKeys = [['fixed', 'info', 'ciphertext']] as const

/** Writes any message of format 2, right or wrong, with tags that fit. No code in common with the engine. */
export function craftMessage(options: CraftedMessage): Buffer {
  const { suiteId, messageId, dataKey, frameLength = 8 } = options
  const serializedContext = options.serializedContext ?? new Uint8Array(0)
  const keyInfo = Buffer.concat([uint16(suiteId), Buffer.from('DERIVEKEY')])
  const key = Buffer.from(hkdfSync('sha512', dataKey, messageId, keyInfo, 32))
  const commitKey = options.commitKey ?? Buffer.from(hkdfSync('sha512', dataKey, messageId, 'COMMITKEY', 32))

  function seal(iv: Uint8Array, aad: Uint8Array, content: Uint8Array): Buffer {
    const cipher = createCipheriv('aes-256-gcm', key, iv)
    cipher.setAAD(aad)
    return Buffer.concat([cipher.update(content), cipher.final(), cipher.getAuthTag()])
  }

  function frame({ sequence, final, content, iv, statedLength }: CraftedFrame): Buffer {
    const frameIv = iv ?? Buffer.concat([Buffer.alloc(8), uint32(sequence)])
    const words = `AWSKMSEncryptionClient ${final ? 'Final Frame' : 'Frame'}`
    const lengths = [uint32(sequence), Buffer.alloc(4), uint32(content.length)]
    const aad = Buffer.concat([messageId, Buffer.from(words), ...lengths])
    return Buffer.concat([
      ...(final ? [uint32(0xffffffff)] : []),
      uint32(sequence),
      frameIv,
      ...(final ? [uint32(statedLength ?? content.length)] : []),
      seal(frameIv, aad, content),
    ])
  }

  const dataKeys = options.dataKeys ?? craftedDataKeys
  const header = Buffer.concat([
    Buffer.from([options.version ?? 2]),
    uint16(suiteId),
    messageId,
    field(serializedContext),
    uint16(dataKeys.length),
    ...dataKeys.flat().map(field),
    Buffer.from([options.contentType ?? 2]),
    uint32(frameLength),
    commitKey,
  ])
  const frames = options.frames ?? [{ sequence: 1, final: true, content: Buffer.from('content') }]
  const message = Buffer.concat([
    header,
    seal(Buffer.alloc(12), header, new Uint8Array(0)),
    ...frames.map(frame),
  ])
  const footer =
    options.signWith === undefined ? [] : [field(createSign('sha384').update(message).sign(options.signWith))]
  return Buffer.concat([message, ...footer, options.trailing ?? new Uint8Array(0)])
}
