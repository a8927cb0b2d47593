import type { MessageHeader } from '@sealring/core/envelope'

function readable(header: MessageHeader | undefined): string {
  if (header === undefined) return 'none'
  const { version, suiteId, messageId, encryptionContext, encryptedDataKeys, contentType, frameLength } =
    header
  const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex')
  const dataKeys = encryptedDataKeys.map(({ providerId, providerInfo, rawInfo, encryptedDataKey }) => [
    providerId,
    providerInfo,
    hex(rawInfo),
    hex(encryptedDataKey),
  ])
  return JSON.stringify([
    [version, suiteId, hex(messageId), contentType, frameLength],
    Object.entries(encryptionContext),
    dataKeys,
    'suiteData' in header ? hex(header.suiteData) : header.type,
  ])
}

/** Whether two ways to open a message report the same header, even after its bytes are gone. */
export function isSameHeader(a: MessageHeader | undefined, b: MessageHeader | undefined): boolean {
  return readable(a) === readable(b)
}
