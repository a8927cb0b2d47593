import type { DecryptRangeOutput, PlaintextRange, SeekableSource } from '@sealring/core/envelope'
import type { Attempt, Target } from './attempt.js'
import { authenticFrameAt } from './authentic-pieces.js'
import { codeOfOutcome, errorFault } from './outcome.js'
import type { Random } from './random.js'
import { walkMessage, type WalkedHeader } from './walk-message.js'

/** Whatever `decrypt` fails with before it looks at the body, a range fails with too. */
const headerCodes = new Set([
  'MESSAGE_UNSUPPORTED',
  'NO_DATA_KEY',
  'DATA_KEY_NOT_UNWRAPPED',
  'CONTEXT_NOT_REPRODUCED',
  'INVALID_CONTEXT',
  'COMMITMENT_MISMATCH',
  'HEADER_UNAUTHENTIC',
])

function chooseRange(random: Random, length: number): PlaintextRange {
  const somewhere = () => random.index(length + 12)
  const [a, b] = [somewhere(), somewhere()]
  return random.pick<PlaintextRange>([
    { start: 0 },
    { start: 0, end: length },
    { start: a },
    { start: a, end: a },
    { start: Math.min(a, b), end: Math.max(a, b) },
    { start: Math.min(a, b), end: Math.max(a, b) },
    { start: a, end: Number.MAX_SAFE_INTEGER },
    { start: Number.MAX_SAFE_INTEGER - random.index(2) },
    { start: 2 ** 32 - random.index(3), end: 2 ** 40 },
  ])
}

/** The message as a file, as an object whose size isn't known, or as bytes. */
function chooseSource(random: Random, message: Buffer): Uint8Array | SeekableSource {
  const read = (start: number, end: number) => Promise.resolve(message.subarray(start, end))
  return random.pick([message, { size: message.length, read }, { read }])
}

/** The plaintext of a range, if each frame that it touches is authentic at its place. */
function expectedPlaintext(
  { fuzzCase }: Attempt,
  header: WalkedHeader,
  { start, end }: { readonly start: number; readonly end: number },
): Buffer | undefined {
  const { frameLength } = header
  const pieces: Buffer[] = []
  const first = Math.floor(start / frameLength) + 1
  for (let sequence = first; (sequence - 1) * frameLength < end; sequence += 1) {
    const frame = authenticFrameAt(fuzzCase.message, header, sequence)
    if (frame === undefined) return undefined
    const position = (sequence - 1) * frameLength
    pieces.push(frame.content.subarray(Math.max(0, start - position), Math.max(0, end - position)))
  }
  return Buffer.concat(pieces)
}

/** That there is no more must stand in the authentic final frame. */
function isTotalLength({ fuzzCase }: Attempt, header: WalkedHeader, totalLength: number): boolean {
  const { frameLength } = header
  const last = Math.ceil(totalLength / frameLength)
  return [last, last + 1].some((sequence) => {
    const frame = sequence < 1 ? undefined : authenticFrameAt(fuzzCase.message, header, sequence)
    return frame?.final === true && (sequence - 1) * frameLength + frame.content.length === totalLength
  })
}

function judgeOutput(attempt: Attempt, range: PlaintextRange, output: DecryptRangeOutput): void {
  const { fuzzCase, authentic, whole, fault } = attempt
  const { plaintext, start, end, totalLength } = output
  const walked = walkMessage(fuzzCase.message)
  if (authentic() === undefined || walked === undefined || !walked.header.framed) {
    fault('opened, and the header is not authentic or says that there are no frames')
    return
  }
  const asked = { start: range.start, end: range.end ?? Infinity }
  if (totalLength === undefined) {
    if (start !== asked.start || end !== asked.end)
      fault('it was cut, and nothing says that there is no more')
  } else {
    if (!isTotalLength(attempt, walked.header, totalLength)) fault(`${totalLength} is not the total length`)
    if (start !== Math.min(asked.start, totalLength) || end !== Math.min(asked.end, totalLength)) {
      fault(`from ${start} to ${end} is not what was asked for`)
    }
  }
  if (expectedPlaintext(attempt, walked.header, { start, end })?.equals(plaintext) !== true) {
    fault('the plaintext is not that of authentic frames')
  }
  if (whole.error === undefined && !plaintext.equals(whole.plaintext.subarray(start, end))) {
    fault('another plaintext than decrypt')
  }
}

function judgeError({ fuzzCase, whole, fault }: Attempt, error: unknown, skipSignature: boolean): void {
  const code = codeOfOutcome({ error })
  const fit = errorFault(error, fuzzCase.reproduced)
  if (fit !== undefined) fault(fit)
  if (whole.error !== undefined) return
  const { header } = walkMessage(fuzzCase.message)!
  if (!header.framed) {
    if (code !== 'MESSAGE_UNSUPPORTED') fault(`an unframed message is refused with ${code}`)
  } else if (header.suite.curve !== undefined && !skipSignature) {
    if (code !== 'SUITE_NOT_ALLOWED') fault(`a signed message is refused with ${code}`)
  } else fault(`${code}, and decrypt opens it`)
}

/** A range is made of frames that are authentic at their places, whatever the others are. */
export const rangeTarget: Target = {
  name: 'decryptRange',
  every: 3,
  isThere: ({ engine }) => engine.decryptRange !== undefined,
  async run(attempt) {
    const { bench, fuzzCase, keyring, whole, fault } = attempt
    const { base, message, reproduced, random } = fuzzCase
    const range = chooseRange(random, base.plaintext.length)
    const skipSignature = random.chance(0.7)
    let output
    try {
      output = await bench.engine.decryptRange!(keyring, chooseSource(random, message), range, {
        commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT',
        ...(skipSignature ? { dangerouslySkipSignature: true } : {}),
        ...(reproduced === undefined ? {} : { encryptionContext: reproduced }),
      })
    } catch (error) {
      bench.count('range', codeOfOutcome({ error }))
      judgeError(attempt, error, skipSignature)
      return
    }
    bench.count(
      'range',
      whole.error === undefined ? 'opened' : 'opened, of a message that does not open whole',
    )
    const wholeCode = codeOfOutcome(whole)
    if (headerCodes.has(wholeCode)) fault(`opened, and decrypt: ${wholeCode}`)
    if (!skipSignature && walkMessage(message)?.header.suite.curve !== undefined) {
      fault('a signed message is read though nobody allowed it')
    }
    judgeOutput(attempt, range, output)
  },
}
