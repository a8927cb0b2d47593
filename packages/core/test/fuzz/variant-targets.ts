import type { Attempt, Target } from './attempt.js'
import { codeOfOutcome, errorFault, type Outcome } from './outcome.js'
import { fuzzSuites } from './fuzz-suites.js'
import { walkMessage } from './walk-message.js'
import { openWhole } from './whole-target.js'

/** `decrypt` in another way; `judge` sees how it ended. */
function variant(
  row: Pick<Target, 'name' | 'every' | 'applies'> & {
    readonly open: (attempt: Attempt) => Promise<Outcome>
    readonly judge: (attempt: Attempt, outcome: Outcome) => void
  },
): Target {
  const { open, judge, ...target } = row
  return {
    ...target,
    isThere: () => true,
    async run(attempt) {
      const outcome = await open(attempt)
      const fit = errorFault(outcome.error, attempt.fuzzCase.reproduced)
      if (fit !== undefined) attempt.fault(fit)
      judge(attempt, outcome)
    },
  }
}

function openAs(
  client: 'usual' | 'strict' | 'unsorted',
  { bench, fuzzCase }: Attempt,
  keyring: Attempt['keyring'],
): Promise<Outcome> {
  const { message, reproduced } = fuzzCase
  return openWhole(
    bench.clients[client],
    keyring,
    message,
    reproduced === undefined ? {} : { encryptionContext: reproduced },
  )
}

function samePlaintext({ whole, fault }: Attempt, outcome: Outcome): void {
  if (!outcome.plaintext.equals(whole.plaintext)) fault('another plaintext')
}

/** Success or failure, and the code. */
function sameEnd(attempt: Attempt, outcome: Outcome): void {
  const [code, wholeCode] = [codeOfOutcome(outcome), codeOfOutcome(attempt.whole)]
  if (code !== wholeCode) attempt.fault(`${code}, and decrypt: ${wholeCode}`)
  samePlaintext(attempt, outcome)
}

function hasEmptyField({ fuzzCase }: Attempt): boolean {
  const dataKeys = walkMessage(fuzzCase.message)?.header.dataKeys ?? []
  return dataKeys.some((fields) => Object.values(fields).some(({ start, end }) => start === end))
}

function isUnsorted({ fuzzCase }: Attempt): boolean {
  const keys = (walkMessage(fuzzCase.message)?.header.pairs ?? []).map(({ key }) => key)
  return keys.some((key, index) => index > 0 && Buffer.compare(keys[index - 1]!, key) > 0)
}

function isCommitting({ fuzzCase }: Attempt): boolean {
  return fuzzCase.message[0] === 2 && fuzzSuites.has(fuzzCase.message.readUInt16BE(1))
}

export const variantTargets: readonly Target[] = [
  variant({
    name: "decrypt, materials of AWS's classes",
    every: 16,
    applies: ({ rawAes }) => !rawAes,
    open: (attempt) => openAs('usual', attempt, attempt.bench.keyrings.throughAwsClasses),
    judge: sameEnd,
  }),
  variant({
    name: 'decrypt, several keyrings',
    every: 32,
    // AWS's class can't hold an entry with an empty field, so that this keyring is not asked about it.
    applies: (attempt) => attempt.rawAes && !hasEmptyField(attempt),
    open: (attempt) => openAs('usual', attempt, attempt.bench.keyrings.several),
    judge: sameEnd,
  }),
  variant({
    // What was cached for the message before it was changed must not open the changed one.
    name: 'decrypt, cached materials',
    every: 8,
    applies: ({ rawAes }) => rawAes,
    async open(attempt) {
      const { bench, fuzzCase } = attempt
      const { cached } = bench.keyrings
      const { message, reproduced = {} } = fuzzCase.base
      cached.clear()
      await openWhole(bench.clients.usual, cached, message, { encryptionContext: reproduced })
      return openAs('usual', attempt, cached)
    },
    judge: sameEnd,
  }),
  variant({
    name: 'decrypt, a required context',
    every: 16,
    applies: ({ rawAes }) => !rawAes,
    open: (attempt) => openAs('usual', attempt, attempt.bench.keyrings.requiring),
    judge(attempt, outcome) {
      const { fuzzCase, whole, fault } = attempt
      const isReproduced = 'tenant' in (fuzzCase.reproduced ?? {})
      if (isReproduced) sameEnd(attempt, outcome)
      else if (outcome.error === undefined) fault('opened without the required pair')
      else if (whole.error === undefined && codeOfOutcome(outcome) !== 'CONTEXT_NOT_REPRODUCED') {
        fault(`${codeOfOutcome(outcome)} where the required pair is not reproduced`)
      }
    },
  }),
  variant({
    name: 'decrypt, committing suites alone',
    every: 16,
    open: (attempt) => openAs('strict', attempt, attempt.keyring),
    judge(attempt, outcome) {
      if (outcome.error === undefined && !isCommitting(attempt)) attempt.fault('read without commitment')
      else if (codeOfOutcome(outcome) !== 'SUITE_NOT_ALLOWED') sameEnd(attempt, outcome)
      else if (attempt.fuzzCase.message[0] === 2) attempt.fault('a committing suite is not allowed')
    },
  }),
  variant({
    name: 'decrypt, unsorted contexts too',
    every: 16,
    open: (attempt) => openAs('unsorted', attempt, attempt.keyring),
    judge(attempt, outcome) {
      if (codeOfOutcome(attempt.whole) !== 'MESSAGE_NOT_CANONICAL') sameEnd(attempt, outcome)
      else if (outcome.error !== undefined) return
      else {
        attempt.bench.count('opened', 'with an unsorted context, which is asked for')
        const { pieces, complete } = attempt.authentic() ?? { pieces: [], complete: false }
        if (!isUnsorted(attempt)) attempt.fault('opened, and its context is sorted')
        if (!complete || !outcome.plaintext.equals(Buffer.concat(pieces))) attempt.fault('not authentic')
      }
    },
  }),
]
