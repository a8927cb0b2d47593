/** One entry of data-format/message-header.md#encrypted-data-key-entries. */
export interface DataKeyEntry {
  readonly providerId: string
  readonly providerInfo: Uint8Array
  readonly ciphertext: Uint8Array
}
