import { counted, uint32, type DataKey } from './draft.js'
import { labelledBytes } from './fuzz-suites.js'
import { gcmSeal } from './seal-pieces.js'

/** The wrapping key of the raw AES keyring that the corpus is also sealed under. */
export const wrappingKey = {
  namespace: 'sealring fuzz',
  name: 'ключ',
  key: labelledBytes('wrapping key', 32),
}

const namespace = Buffer.from(wrappingKey.namespace)
// framework/raw-aes-keyring.md#key-provider-information
const infoStart = Buffer.concat([Buffer.from(wrappingKey.name), uint32(128), uint32(12)])

/** Whether an entry is for that keyring. */
export function isRawAes(providerId: Buffer, info: Buffer): boolean {
  return (
    providerId.equals(namespace) &&
    info.length === infoStart.length + 12 &&
    info.subarray(0, infoStart.length).equals(infoStart)
  )
}

export function wrapRawAes(dataKey: Buffer, iv: Buffer, context: Buffer): Buffer {
  const { ciphertext, tag } = gcmSeal(wrappingKey.key, iv, context, dataKey)
  return Buffer.concat([ciphertext, tag])
}

/** A data key that the raw AES keyring opens under this context. */
export function rawAesEntry(dataKey: Buffer, label: string, context: Buffer): DataKey {
  const iv = labelledBytes(`wrapping IV ${label}`, 12)
  const info = Buffer.concat([infoStart, iv])
  return { fields: [counted(namespace), counted(info), counted(wrapRawAes(dataKey, iv, context))] }
}
