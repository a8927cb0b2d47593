import type { Readable } from 'node:stream'
import { isDeepStrictEqual } from 'node:util'
import type { DecryptOptions, MaterialsSource } from '@sealring/core/envelope'
import type { Attempt } from './attempt.js'
import type { FuzzedClient } from './engine.js'
import { codeOfOutcome, errorFault, isRefusedContext, type Outcome } from './outcome.js'
import { unstoredContext } from './reauthenticate.js'
import { referencePlaintext } from './reference.js'
import { walkMessage } from './walk-message.js'

export async function openWhole(
  client: FuzzedClient,
  keyring: MaterialsSource,
  message: Buffer | Readable,
  options: DecryptOptions,
): Promise<Outcome> {
  try {
    return { ...(await client.decrypt(keyring, message, options)), faults: [] }
  } catch (error) {
    return { error, plaintext: Buffer.alloc(0), faults: [] }
  }
}

function judgeOpened(attempt: Attempt): void {
  const { bench, fuzzCase, whole, authentic, fault } = attempt
  const { message, reauthenticated, reproduced } = fuzzCase
  const recorded = bench.recorded(message)
  if (recorded !== undefined) {
    bench.count('opened', 'a message of the corpus')
    if (!whole.plaintext.equals(recorded)) fault('another plaintext than was sealed')
    return
  }
  // Whoever has no key can't change a message into another that opens.
  if (!reauthenticated) fault('a changed message opened')
  bench.count('opened', 'made authentic with the keys')
  const walked = walkMessage(message)
  if (walked === undefined) fault('opened, and it has no header')
  else if (isRefusedContext(unstoredContext(walked.header, reproduced))) {
    fault('opened under a context that is refused')
  }
  const { pieces, complete, unverified } = authentic() ?? { pieces: [], complete: false, unverified: true }
  if (!complete || !whole.plaintext.equals(Buffer.concat(pieces))) {
    fault('the frames are not authentic, or of another plaintext')
  }
  if (unverified) fault('opened, and its signature does not fit')
}

/** What the reference decoder says must be so. */
function judgeByReference({ bench, fuzzCase, rawAes, whole, fault }: Attempt): void {
  const { message, reproduced, reauthenticated, random } = fuzzCase
  const opened = whole.error === undefined
  // What nobody made authentic is refused; and the reference is slow.
  if (!opened && (!reauthenticated || random.chance(0.65))) return
  const plaintext = referencePlaintext(message, reproduced, rawAes)
  bench.count('reference decoder', plaintext === undefined ? 'refused' : 'opened')
  if (opened && plaintext === undefined) fault('opened, and the reference decoder refuses it')
  if (opened && plaintext?.equals(whole.plaintext) === false) {
    fault('another plaintext than the reference decoder')
  }
  if (
    !opened &&
    plaintext !== undefined &&
    !isOverLimit(whole, message, bench) &&
    !isRefusedContext(reproduced)
  ) {
    fault(`refused with ${codeOfOutcome(whole)}, and the reference decoder opens it`)
  }
}

/** The only limit that these small messages can break. */
function isOverLimit(whole: Outcome, message: Buffer, { engine }: Attempt['bench']): boolean {
  if (codeOfOutcome(whole) !== 'MESSAGE_TOO_LARGE') return false
  return engine.inspect(message, { maxEncryptedDataKeys: false }).encryptedDataKeys.length > 256
}

/** Judges how `decrypt` ended by what is known of the message. */
export function judgeWhole(attempt: Attempt): void {
  const { bench, fuzzCase, whole, rawAes, fault } = attempt
  const { base, message, reproduced } = fuzzCase
  const fit = errorFault(whole.error, reproduced)
  if (fit !== undefined) fault(fit)
  bench.count('code', codeOfOutcome(whole))
  if (whole.error === undefined) judgeOpened(attempt)
  else if (
    message.equals(base.message) &&
    isDeepStrictEqual(reproduced, base.reproduced) &&
    (base.rawAes || !rawAes)
  ) {
    fault(`a valid message is refused with ${codeOfOutcome(whole)}`)
  }
  judgeByReference(attempt)
}
