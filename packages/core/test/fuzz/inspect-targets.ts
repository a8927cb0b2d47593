import { isDeepStrictEqual } from 'node:util'
import type { MessageInfo } from '@sealring/core/envelope'
import type { Attempt, Target } from './attempt.js'
import { codeOfOutcome, errorFault } from './outcome.js'

/** Codes that need no key to be found. */
const codes = new Set([
  'MESSAGE_TRUNCATED',
  'MESSAGE_TRAILING_BYTES',
  'MESSAGE_NOT_CANONICAL',
  'MESSAGE_UNSUPPORTED',
  'MESSAGE_TOO_LARGE',
  'FRAME_OUT_OF_ORDER',
  'FRAME_UNAUTHENTIC',
])

function judgeInfo({ fuzzCase, whole, fault }: Attempt, info: MessageInfo): void {
  const { headerLength, bodyLength, signatureLength, totalLength, plaintextLength } = info
  const { length } = fuzzCase.message
  const footerLength = info.suite.signed ? 2 + signatureLength : 0
  if (headerLength + bodyLength + footerLength !== length || totalLength !== length) {
    fault('its parts are not as long as the message')
  }
  if (whole.error !== undefined) return
  if (plaintextLength !== whole.plaintext.length) fault(`${plaintextLength} bytes of plaintext are promised`)
  const header = whole.messageHeader
  if (
    info.suite.id !== header?.suiteId ||
    info.frameLength !== header.frameLength ||
    info.messageId !== Buffer.from(header.messageId).toString('hex')
  ) {
    fault('another header than decrypt reports')
  }
}

function judgeCode({ whole, fault }: Attempt, error: unknown): void {
  const code = codeOfOutcome({ error })
  const fit = errorFault(error, undefined)
  if (fit !== undefined) fault(fit)
  else if (!codes.has(code)) fault(`the code ${code} without a key`)
  if (whole.error === undefined) fault(`${code}, and decrypt opens it`)
}

/** Whatever opens can be inspected, and is what it was said to be. */
export const inspectTargets: readonly Target[] = [
  {
    name: 'inspect',
    every: 1,
    isThere: () => true,
    run(attempt) {
      const { bench, fuzzCase } = attempt
      let info
      try {
        info = bench.engine.inspect(fuzzCase.message)
      } catch (error) {
        judgeCode(attempt, error)
        return
      }
      judgeInfo(attempt, info)
    },
  },
  {
    name: 'inspectHeader',
    every: 8,
    isThere: ({ engine }) => engine.inspectHeader !== undefined,
    run(attempt) {
      const { bench, fuzzCase, whole, fault } = attempt
      const inspectHeader = bench.engine.inspectHeader!
      let info
      try {
        info = inspectHeader(fuzzCase.message)
      } catch (error) {
        judgeCode(attempt, error)
        return
      }
      const start = fuzzCase.message.subarray(0, info.headerLength)
      if (!isDeepStrictEqual(inspectHeader(start), info)) fault('another header where the body is missing')
      if (whole.error !== undefined) return
      if (info.suite.id !== whole.messageHeader?.suiteId) fault('another suite than decrypt reports')
    },
  },
]
