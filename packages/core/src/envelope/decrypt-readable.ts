import type { MaterialsSource } from '../materials/materials-source.js'
import { whole, type ClientSettings } from './client-settings.js'
import type { DecryptOutput } from './decrypt.js'
import type { DecryptOptions } from './decrypt-options.js'
import { decryptStream } from './decrypt-stream.js'
import type { MessageHeader } from './message-header.js'
import { readThrough } from './read-source.js'

/** Opens all that a stream gives; nothing is returned before all is authentic. */
export async function decryptReadable(
  settings: ClientSettings,
  source: MaterialsSource,
  message: NodeJS.ReadableStream,
  options?: DecryptOptions,
): Promise<DecryptOutput> {
  const stream = decryptStream(whole(settings), source, options)
  const header: Promise<MessageHeader> = new Promise((resolve) => stream.once('MessageHeader', resolve))
  const plaintext = await readThrough(message, stream)
  return { plaintext, messageHeader: await header }
}
