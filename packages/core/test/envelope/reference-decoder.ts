import { createDecipheriv, createPublicKey, createVerify, hkdfSync, timingSafeEqual } from 'node:crypto'

/** A wrapping key of a raw AES keyring, as the reference decoder knows it. */
export interface ReferenceKey {
  readonly namespace: string
  readonly name: string
  readonly key: Uint8Array
}

export interface ReferenceMessage {
  readonly plaintext: Uint8Array
  readonly suiteId: number
  readonly messageId: Uint8Array
  readonly context: ReadonlyMap<string, string>
  readonly frameLength: number
  readonly frames: number
}

/**
 * Reads a message as the specification words it, one field after the other, slowly: no code in common with the
 * engine. Format 2, framed, data keys under raw AES keys. Throws on whatever is not exactly right.
 */
export function referenceDecode(message: Uint8Array, keys: readonly ReferenceKey[]): ReferenceMessage {
  let position = 0
  function take(count: number): Uint8Array {
    if (position + count > message.length) throw new Error('truncated')
    const bytes = message.slice(position, position + count)
    position += count
    return bytes
  }
  function number(count: number): number {
    return take(count).reduce((value, byte) => value * 256 + byte, 0)
  }
  function utf8(bytes: Uint8Array): string {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  }
  function insist(condition: boolean, what: string): asserts condition {
    if (!condition) throw new Error(what)
  }

  // data-format/message-header.md#header-body-version-20
  insist(number(1) === 2, 'version')
  const suiteId = number(2)
  insist(suiteId === 0x0478 || suiteId === 0x0578, 'suite')
  const messageId = take(32)

  const contextLength = number(2)
  const serializedContext = message.slice(position, position + contextLength)
  const contextEnd = position + contextLength
  const context = new Map<string, string>()
  if (contextLength > 0) {
    const count = number(2)
    insist(count > 0, 'empty context')
    let previous = ''
    for (let n = 0; n < count; n += 1) {
      const keyBytes = take(number(2))
      const hex = Buffer.from(keyBytes).toString('hex')
      insist(n === 0 || previous < hex, 'context order')
      previous = hex
      context.set(utf8(keyBytes), utf8(take(number(2))))
    }
  }
  insist(position === contextEnd, 'context length')

  const dataKeyCount = number(2)
  insist(dataKeyCount > 0, 'data keys')
  const dataKeys: { providerId: string; info: Uint8Array; ciphertext: Uint8Array }[] = []
  for (let n = 0; n < dataKeyCount; n += 1) {
    const providerId = utf8(take(number(2)))
    const info = take(number(2))
    const ciphertext = take(number(2))
    dataKeys.push({ providerId, info, ciphertext })
  }
  insist(number(1) === 2, 'content type')
  const frameLength = number(4)
  insist(frameLength > 0, 'frame length')
  const commitKey = take(32)
  const headerBody = message.slice(0, position)
  const headerTag = take(16)

  function gcm(key: Uint8Array, iv: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array, tag: Uint8Array) {
    insist(iv.length === 12 && tag.length === 16, 'iv or tag')
    insist(key.length === 16 || key.length === 32, 'key length')
    const decipher = createDecipheriv(key.length === 16 ? 'aes-128-gcm' : 'aes-256-gcm', key, iv)
    decipher.setAAD(aad)
    decipher.setAuthTag(tag)
    return Buffer.concat([decipher.update(ciphertext), decipher.final()])
  }

  // framework/raw-aes-keyring.md#ondecrypt
  function unwrap(): Uint8Array {
    for (const { namespace, name, key } of keys) {
      for (const { providerId, info, ciphertext } of dataKeys) {
        if (providerId !== namespace) continue
        const suffix = info.slice(-20)
        if (Buffer.compare(info.slice(0, -20), Buffer.from(name)) !== 0) continue
        insist(Buffer.from(suffix.slice(0, 8)).toString('hex') === '000000800000000c', 'tag and iv length')
        try {
          return gcm(key, suffix.slice(8), serializedContext, ciphertext.slice(0, -16), ciphertext.slice(-16))
        } catch {
          // Another data key may be this one's.
        }
      }
    }
    throw new Error('no data key opens')
  }
  const dataKey = unwrap()
  insist(dataKey.length === 32, 'data key length')

  // framework/transitive-requirements.md: HKDF with the message id as salt
  const suiteBytes = Buffer.from([suiteId >> 8, suiteId & 255])
  const encryptionKey = Buffer.from(
    hkdfSync('sha512', dataKey, messageId, Buffer.concat([suiteBytes, Buffer.from('DERIVEKEY')]), 32),
  )
  const expectedCommitKey = Buffer.from(hkdfSync('sha512', dataKey, messageId, 'COMMITKEY', 32))
  insist(timingSafeEqual(expectedCommitKey, commitKey), 'commitment')
  gcm(encryptionKey, new Uint8Array(12), headerBody, new Uint8Array(0), headerTag)

  // data-format/message-body.md#framed-data, message-body-aad.md
  const pieces: Uint8Array[] = []
  for (let sequence = 1; ; sequence += 1) {
    const first = number(4)
    const final = first === 0xffffffff
    insist((final ? number(4) : first) === sequence, 'sequence')
    const iv = take(12)
    const expectedIv = Buffer.alloc(12)
    expectedIv.writeUInt32BE(sequence, 8)
    insist(expectedIv.equals(iv), 'iv')
    const length = final ? number(4) : frameLength
    insist(length <= frameLength, 'final frame length')
    const ciphertext = take(length)
    const numbers = Buffer.alloc(12)
    numbers.writeUInt32BE(sequence, 0)
    numbers.writeBigUInt64BE(BigInt(length), 4)
    const words = `AWSKMSEncryptionClient ${final ? 'Final Frame' : 'Frame'}`
    const aad = Buffer.concat([messageId, Buffer.from(words), numbers])
    pieces.push(gcm(encryptionKey, iv, aad, ciphertext, take(16)))
    if (final) break
  }

  // data-format/message-footer.md
  const signed = message.slice(0, position)
  const encodedPoint = context.get('aws-crypto-public-key')
  if (suiteId === 0x0578) {
    insist(encodedPoint !== undefined, 'public key')
    const point = Buffer.from(encodedPoint, 'base64')
    insist(point.length === 49, 'public key length')
    const prefix = Buffer.from('3046301006072a8648ce3d020106052b81040022033200', 'hex')
    const publicKey = createPublicKey({ key: Buffer.concat([prefix, point]), format: 'der', type: 'spki' })
    const signature = take(number(2))
    insist(createVerify('sha384').update(signed).verify(publicKey, signature), 'signature')
  } else {
    insist(encodedPoint === undefined, 'public key of an unsigned message')
  }
  insist(position === message.length, 'trailing bytes')
  return {
    plaintext: Buffer.concat(pieces),
    suiteId,
    messageId,
    context,
    frameLength,
    frames: pieces.length,
  }
}
