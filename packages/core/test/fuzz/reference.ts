import { referenceDecode } from '../envelope/reference-decoder.js'
import type { CorpusEntry } from './corpus.js'
import { dataKeyFor, fuzzSuites } from './fuzz-suites.js'
import { wrappingKey } from './raw-aes-entry.js'
import type { Context } from './reauthenticate.js'

/** What the slow decoder reads; `undefined` when it refuses. `rawAes`: by the wrapping key, not by the data key. */
export function referencePlaintext(
  message: Buffer,
  reproduced: Context | undefined,
  rawAes: boolean,
): Buffer | undefined {
  const id = message.length < 4 ? 0 : message.readUInt16BE(message[0] === 1 ? 2 : 1)
  const dataKey = dataKeyFor(fuzzSuites.get(id) ?? { keyLength: 32 })
  try {
    return referenceDecode(message, rawAes ? [wrappingKey] : { dataKey }, { ...reproduced }).plaintext
  } catch {
    // It only ever refuses by throwing, whatever is wrong.
    return undefined
  }
}

/** Throws unless the slow decoder reads every message of the corpus: then it is no judge. */
export function checkReference(corpus: readonly CorpusEntry[]): void {
  for (const { name, message, plaintext, reproduced, rawAes } of corpus) {
    for (const byWrappingKey of rawAes ? [false, true] : [false]) {
      if (referencePlaintext(message, reproduced, byWrappingKey)?.equals(plaintext) === true) continue
      throw new Error(`The reference decoder does not read: ${name}`)
    }
  }
}
