import { createCipheriv, createDecipheriv, createSecretKey, randomFillSync } from 'node:crypto'
import type { DataKeyEntry } from '../materials/data-key-entry.js'

const ivLength = 12
const tagLength = 16

// framework/raw-aes-keyring.md#wrapping-algorithm
const cipherNames = { 16: 'aes-128-gcm', 24: 'aes-192-gcm', 32: 'aes-256-gcm' } as const
export type WrappingKeyLength = keyof typeof cipherNames

export function isWrappingKeyLength(length: number): length is WrappingKeyLength {
  return Object.hasOwn(cipherNames, length)
}

export interface RawAesWrapping {
  /** A new data key, with its wrapped form. The bytes become the caller's. */
  readonly generate: (
    length: number,
    serializedContext: Buffer,
  ) => { readonly dataKey: Uint8Array; readonly entry: DataKeyEntry }
  readonly wrap: (dataKey: Uint8Array, serializedContext: Buffer) => DataKeyEntry
  /** Whether an entry names this key. */
  readonly isMine: (entry: DataKeyEntry) => boolean
  /** The data key of an entry that is mine. Throws what node:crypto throws when the tag does not fit. */
  readonly unwrap: (entry: DataKeyEntry, serializedContext: Buffer) => Uint8Array
}

/** Wraps data keys under one AES key, which is copied (framework/raw-aes-keyring.md#structure). */
export function rawAesWrapping(
  namespace: string,
  name: string,
  key: Uint8Array,
  keyLength: WrappingKeyLength,
): RawAesWrapping {
  const cipherName = cipherNames[keyLength]
  // Not shown by any inspection, and zeroed when it is freed.
  const wrappingKey = createSecretKey(key)
  // framework/raw-aes-keyring.md#key-provider-information: name, tag length in bits, IV length, IV.
  const infoStart = Buffer.alloc(Buffer.byteLength(name) + 8)
  infoStart.write(name)
  infoStart.writeUInt32BE(tagLength * 8, infoStart.length - 8)
  infoStart.writeUInt32BE(ivLength, infoStart.length - 4)
  const infoLength = infoStart.length + ivLength

  function wrapUnder(iv: Uint8Array, dataKey: Uint8Array, serializedContext: Buffer): DataKeyEntry {
    const providerInfo = Buffer.allocUnsafe(infoLength)
    providerInfo.set(infoStart)
    providerInfo.set(iv, infoStart.length)
    const cipher = createCipheriv(cipherName, wrappingKey, iv)
    cipher.setAAD(serializedContext)
    const ciphertext = Buffer.allocUnsafe(dataKey.byteLength + tagLength)
    ciphertext.set(cipher.update(dataKey))
    cipher.final()
    ciphertext.set(cipher.getAuthTag(), dataKey.byteLength)
    return { providerId: namespace, providerInfo, ciphertext }
  }

  return {
    generate(length, serializedContext) {
      // Fresh for each message, never from a pool: memory of its own, and nothing is known in advance.
      const random = randomFillSync(Buffer.allocUnsafeSlow(length + ivLength))
      const dataKey = random.subarray(0, length)
      return { dataKey, entry: wrapUnder(random.subarray(length), dataKey, serializedContext) }
    },
    wrap: (dataKey, serializedContext) =>
      wrapUnder(randomFillSync(new Uint8Array(ivLength)), dataKey, serializedContext),
    isMine: ({ providerId, providerInfo }) =>
      providerId === namespace &&
      providerInfo.byteLength === infoLength &&
      infoStart.compare(providerInfo, 0, infoStart.length) === 0,
    unwrap({ providerInfo, ciphertext }, serializedContext) {
      const length = ciphertext.byteLength - tagLength
      if (length < 1) throw new Error('The wrapped data key is shorter than its tag')
      const decipher = createDecipheriv(cipherName, wrappingKey, providerInfo.subarray(infoStart.length))
      decipher.setAAD(serializedContext)
      decipher.setAuthTag(ciphertext.subarray(length))
      const dataKey = decipher.update(ciphertext.subarray(0, length))
      try {
        decipher.final()
      } catch (error) {
        dataKey.fill(0)
        throw error
      }
      return dataKey
    },
  }
}
