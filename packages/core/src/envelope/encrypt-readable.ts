import type { MaterialsSource } from '../materials/materials-source.js'
import type { MissingKey } from '../materials/missing-keys.js'
import { whole, type ClientSettings } from './client-settings.js'
import type { EncryptOutput } from './encrypt.js'
import type { EncryptOptions } from './encrypt-options.js'
import { encryptStream } from './encrypt-stream.js'
import type { MessageHeader } from './message-header.js'
import { readThrough } from './read-source.js'

/** Seals all that a stream gives. Rejects with the stream's own error as well. */
export async function encryptReadable(
  settings: ClientSettings,
  source: MaterialsSource,
  plaintext: NodeJS.ReadableStream,
  options?: EncryptOptions,
): Promise<EncryptOutput> {
  const stream = encryptStream(whole(settings), source, options)
  const header: Promise<MessageHeader> = new Promise((resolve) => stream.once('MessageHeader', resolve))
  let missingKeys: readonly MissingKey[] | undefined
  stream.once('MissingKeys', (missing: readonly MissingKey[]) => {
    missingKeys = missing
  })
  const result = await readThrough(plaintext, stream)
  return { result, messageHeader: await header, ...(missingKeys && { missingKeys }) }
}
