import { EnvelopeError } from '../errors.js'
import { algorithmSuites, commitKeyLength, tagLength } from '../materials/algorithm-suites.js'
import type { ByteQueue } from './byte-queue.js'
import { checkDataKeyCount, headerLayouts } from './header.js'
import { checkContextLength } from './parse-header.js'
import type { Limits } from './limits.js'

/**
 * How long the header at the start of `queue` is. Yields the number of bytes that it needs to go on, and goes on
 * where it was, so that a header that arrives byte by byte costs no more than one that arrives at once. What isn't
 * even the start of a header ends it early: `parseHeader` says what is wrong. Throws MESSAGE_TOO_LARGE.
 */
export function* headerLength(queue: ByteQueue, limits: Limits): Generator<number, number, void> {
  function within(length: number): number {
    if (length > limits.maxHeaderLength) {
      throw new EnvelopeError(
        'MESSAGE_TOO_LARGE',
        `The header is longer than ${limits.maxHeaderLength} bytes (maxHeaderLength)`,
      )
    }
    return length
  }

  yield within(4)
  const version = queue.uint(0, 1)
  if (version !== 1 && version !== 2) return queue.length
  const { messageIdOffset, messageIdLength, middle, storedIvLength } = headerLayouts[version]
  const suite = algorithmSuites.get(queue.uint(messageIdOffset - 2, 2))
  if (suite?.messageFormat !== version) return queue.length

  let offset = messageIdOffset + messageIdLength
  yield within(offset + 2)
  const contextLength = queue.uint(offset, 2)
  checkContextLength(contextLength, limits.maxContextLength)
  offset += 2 + contextLength
  yield within(offset + 2)
  const dataKeys = queue.uint(offset, 2)
  checkDataKeyCount(dataKeys, limits.maxEncryptedDataKeys)
  offset += 2
  for (let field = 0; field < dataKeys * 3; field += 1) {
    yield within(offset + 2)
    offset += 2 + queue.uint(offset, 2)
  }
  const end = 1 + middle.length + 4 + (suite.committing ? commitKeyLength : 0) + storedIvLength + tagLength
  return within(offset + end)
}
