import type { EncryptionContext } from '@sealring/core/envelope'

/** A header of ours or of client-node. Buffers and Uint8Arrays of equal content are equal here, and so are objects with and without a prototype. */
export function plainHeader({
  encryptionContext,
  ...header
}: {
  readonly encryptionContext: EncryptionContext
}): Record<string, unknown> {
  const fields = Object.entries(header).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? Buffer.from(value) : value,
  ])
  return { ...Object.fromEntries(fields), encryptionContext: { ...encryptionContext } }
}
