import type { Limits } from '@sealring/core/envelope'
import type { Attempt, Target } from './attempt.js'
import { codeOfOutcome, errorFault, type Outcome } from './outcome.js'
import type { Random } from './random.js'
import { judgeStream } from './stream-targets.js'
import { chunksOf, throughDuplex } from './through-duplex.js'
import { walkMessage, type WalkedMessage } from './walk-message.js'
import { openWhole } from './whole-target.js'

type LimitName = keyof Limits | 'maxBodySize'

/** What each limit bounds. */
const measures: Readonly<Record<LimitName, (walked: WalkedMessage, message: Buffer) => number>> = {
  maxHeaderLength: ({ header }) => header.end,
  maxContextLength: ({ header: { pairs } }) =>
    pairs.reduce((sum, { key, value }) => sum + 4 + key.length + value.length, pairs.length === 0 ? 0 : 2),
  maxEncryptedDataKeys: ({ header }) => header.dataKeys.length,
  maxFrameLength: longestPiece,
  maxBodySize: longestPiece,
  maxMessageLength: (_walked, message) => message.length,
}
const names: readonly LimitName[] = [
  'maxHeaderLength',
  'maxContextLength',
  'maxEncryptedDataKeys',
  'maxFrameLength',
  'maxBodySize',
  'maxMessageLength',
]

function longestPiece({ pieces }: WalkedMessage): number {
  return Math.max(0, ...pieces.map(({ contentStart, contentEnd }) => contentEnd - contentStart))
}

interface ChosenLimit {
  readonly name: LimitName
  readonly limit: number
  /** What the message has of it; absent when it has no whole header. */
  readonly actual: number | undefined
}

function chooseLimit(message: Buffer, random: Random): ChosenLimit {
  const name = random.pick(names)
  const walked = walkMessage(message)
  const actual = walked && measures[name](walked, message)
  const near = (actual ?? 0) + random.between(-1, 1)
  return { name, limit: Math.max(1, random.chance(0.7) ? near : random.between(1, 300)), actual }
}

async function open(attempt: Attempt, { name, limit }: ChosenLimit): Promise<Outcome> {
  const { bench, keyring, fuzzCase, fault } = attempt
  const { message, reproduced, random } = fuzzCase
  const client = bench.engine.buildClient({
    commitmentPolicy: 'REQUIRE_ENCRYPT_ALLOW_DECRYPT',
    ...(name === 'maxBodySize' ? {} : { [name]: limit }),
  })
  const options = {
    ...(name === 'maxBodySize' ? { maxBodySize: limit } : {}),
    ...(reproduced === undefined ? {} : { encryptionContext: reproduced }),
  }
  if (!bench.streams || client.decryptStream === undefined || random.chance(0.5)) {
    return openWhole(client, keyring, message, options)
  }
  const late = (what: string) => fault(`after its close: ${what}`)
  const chunks = chunksOf(message, random)
  const { decryptStream } = client
  const outcome = await throughDuplex(() => decryptStream(keyring, options), chunks, false, late)
  judgeStream(attempt, outcome)
  return outcome
}

/** A limit is kept to the byte, and nothing but MESSAGE_TOO_LARGE tells of it. */
export const limitTarget: Target = {
  name: 'decrypt, a small limit',
  every: 6,
  isThere: () => true,
  async run(attempt) {
    const { fuzzCase, whole, fault } = attempt
    const chosen = chooseLimit(fuzzCase.message, fuzzCase.random)
    const outcome = await open(attempt, chosen)
    const fit = errorFault(outcome.error, fuzzCase.reproduced)
    if (fit !== undefined) fault(fit)
    const { name, limit, actual = 0 } = chosen
    const what = `${name} ${limit}, the message has ${actual}`
    const code = codeOfOutcome(outcome)
    if (whole.error !== undefined) {
      // More data keys than the usual client takes.
      const allowed = name === 'maxEncryptedDataKeys' && codeOfOutcome(whole) === 'MESSAGE_TOO_LARGE'
      if (outcome.error === undefined && !allowed)
        fault(`${what}: opened, and decrypt: ${codeOfOutcome(whole)}`)
      return
    }
    if (actual <= limit && code !== 'opened') fault(`${what}: ${code}`)
    if (actual > limit && code !== 'MESSAGE_TOO_LARGE') fault(`${what}: ${code}`)
  },
}
