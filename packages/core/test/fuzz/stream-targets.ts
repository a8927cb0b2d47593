import { Readable } from 'node:stream'
import type { MaterialsSource } from '@sealring/core/envelope'
import type { Attempt, Target } from './attempt.js'
import { mayBeReleased } from './authentic-pieces.js'
import type { FuzzedClient } from './engine.js'
import { codeOfOutcome, errorFault, type Outcome } from './outcome.js'
import { isSameHeader } from './same-header.js'
import { bytewise, chunksOf, throughDuplex } from './through-duplex.js'
import { openWhole } from './whole-target.js'

type StreamName = 'decryptStream' | 'decryptUnsignedMessageStream'

function openStream(attempt: Attempt, name: StreamName, chunks: readonly Buffer[]): Promise<Outcome> {
  const { bench, fuzzCase, keyring, fault } = attempt
  const { reproduced, random } = fuzzCase
  const options = reproduced === undefined ? {} : { encryptionContext: reproduced }
  const make = () => bench.clients.usual[name]!(keyring, options)
  return throughDuplex(make, chunks, random.chance(0.3), (what) => fault(`after its close: ${what}`))
}

/** What holds for any stream: its protocol, its errors, and that nothing is released too early. */
export function judgeStream({ fuzzCase, authentic, fault }: Attempt, outcome: Outcome): void {
  for (const what of outcome.faults) fault(what)
  const fit = errorFault(outcome.error, fuzzCase.reproduced)
  if (fit !== undefined) fault(fit)
  if (outcome.messageHeader !== undefined && authentic() === undefined)
    fault('MessageHeader of another header')
  if (outcome.error === undefined || outcome.plaintext.length === 0) return
  if (!mayBeReleased(outcome.plaintext, authentic())) {
    fault(`${outcome.plaintext.length} bytes were released that are not whole authentic frames`)
  }
}

/** What only a whole header that can be read, and a keyring, lead to. */
const keyCodes = new Set([
  'NO_DATA_KEY',
  'DATA_KEY_NOT_UNWRAPPED',
  'CONTEXT_NOT_REPRODUCED',
  'COMMITMENT_MISMATCH',
  'HEADER_UNAUTHENTIC',
])

/** A stream and `decrypt` open the same messages. */
function judgeAgreement({ bench, whole, fault }: Attempt, outcome: Outcome): void {
  const [code, wholeCode] = [codeOfOutcome(outcome), codeOfOutcome(whole)]
  if ((outcome.error === undefined) !== (whole.error === undefined)) {
    fault(`${code}, and decrypt: ${wholeCode}`)
  } else if (outcome.error === undefined && !outcome.plaintext.equals(whole.plaintext)) {
    fault('another plaintext than decrypt')
  } else if (outcome.error === undefined && !isSameHeader(outcome.messageHeader, whole.messageHeader)) {
    fault('another header than decrypt')
  }
  if (code === wholeCode) return
  if (keyCodes.has(code) || keyCodes.has(wholeCode)) fault(`${code}, and decrypt: ${wholeCode}`)
  // Which of several other things that are wrong is seen first depends on the order of reading.
  bench.count('code of decrypt, of the stream', `${wholeCode}, ${code}`)
}

function isSigned({ fuzzCase }: Attempt): boolean {
  const { message } = fuzzCase
  const id = message.length < 4 ? 0 : message.readUInt16BE(message[0] === 1 ? 2 : 1)
  return [0x0214, 0x0346, 0x0378, 0x0578].includes(id)
}

/** Whether a client has a stream that works: one that is not built yet refuses when it is made. */
export function hasStream(client: FuzzedClient, keyring: MaterialsSource, name: StreamName): boolean {
  const open = client[name]
  if (open === undefined) return false
  try {
    open(keyring).destroy()
    return true
  } catch {
    return false
  }
}

function streamTarget(
  row: Pick<Target, 'name' | 'every' | 'applies'> & {
    readonly stream: StreamName
    readonly cut: (attempt: Attempt) => readonly Buffer[]
    readonly judge?: (attempt: Attempt, outcome: Outcome) => void
  },
): Target {
  const { stream, cut, judge = judgeAgreement, ...target } = row
  return {
    ...target,
    isThere: ({ clients, keyrings }) => hasStream(clients.usual, keyrings.direct, stream),
    async run(attempt) {
      const outcome = await openStream(attempt, stream, cut(attempt))
      judgeStream(attempt, outcome)
      judge(attempt, outcome)
    },
  }
}

const atRandom = ({ fuzzCase }: Attempt) => chunksOf(fuzzCase.message, fuzzCase.random)

export const streamTargets: readonly Target[] = [
  streamTarget({ name: 'decryptStream, random chunks', every: 2, stream: 'decryptStream', cut: atRandom }),
  streamTarget({
    name: 'decryptStream, byte by byte',
    every: 20,
    applies: ({ fuzzCase }) => fuzzCase.message.length < 1500,
    stream: 'decryptStream',
    cut: ({ fuzzCase }) => bytewise(fuzzCase.message),
  }),
  {
    name: 'decrypt of a stream',
    every: 20,
    isThere: ({ streams }) => streams,
    async run(attempt) {
      const { bench, fuzzCase, keyring } = attempt
      const { reproduced } = fuzzCase
      const options = reproduced === undefined ? {} : { encryptionContext: reproduced }
      const outcome = await openWhole(bench.clients.usual, keyring, Readable.from(atRandom(attempt)), options)
      judgeStream(attempt, outcome)
      judgeAgreement(attempt, outcome)
    },
  },
  streamTarget({
    name: 'decryptUnsignedMessageStream',
    every: 6,
    stream: 'decryptUnsignedMessageStream',
    cut: atRandom,
    judge(attempt, outcome) {
      if (!isSigned(attempt)) judgeAgreement(attempt, outcome)
      else if (outcome.error === undefined || outcome.plaintext.length > 0) {
        attempt.fault('a signed message is read')
      }
    },
  }),
]
