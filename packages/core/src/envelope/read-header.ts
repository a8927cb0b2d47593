import { EnvelopeError } from '../errors.js'
import type { ParsedHeader } from './header.js'
import { parseHeader, type ParseHeaderOptions } from './parse-header.js'
import type { SourceReader } from './source-reader.js'

/** Holds most headers, and small messages whole: then this is the only read. */
const firstRead = 4096

function isTruncated(error: unknown): boolean {
  return error instanceof EnvelopeError && error.code === 'MESSAGE_TRUNCATED'
}

/** The header at the start of a source, in few reads. Throws what `parseHeader` and the reader throw. */
export async function readHeader(reader: SourceReader, options: ParseHeaderOptions): Promise<ParsedHeader> {
  // With one byte more than the limit, the parser tells a header that is too long from one that was cut off.
  const most = options.maxHeaderLength + 1
  for (let length = firstRead; ; length = Math.min(length * 4, most)) {
    const bytes = await reader.head(length)
    try {
      return parseHeader(bytes, options)
    } catch (error) {
      if (!isTruncated(error) || bytes.length < length || length >= most) throw error
    }
  }
}
