import { inspect } from 'node:util'
import type { Attempt, Bench, Target } from './attempt.js'
import { authenticPieces, type AuthenticPieces } from './authentic-pieces.js'
import type { FuzzCase } from './make-case.js'
import { judgeWhole, openWhole } from './whole-target.js'

/** Something that must not be. */
export interface Fault {
  readonly target: string
  readonly what: string
}

function lazily<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined
  return () => (made ??= { value: make() }).value
}

/** Every target opens the message of the case, and all is judged. */
export async function checkCase(
  bench: Bench,
  targets: readonly Target[],
  fuzzCase: FuzzCase,
  report: (fault: Fault) => void,
): Promise<void> {
  const { base, message, reproduced, random } = fuzzCase
  const rawAes = base.rawAes ? random.chance(0.5) : random.chance(0.02)
  const keyring = rawAes ? bench.keyrings.rawAes : bench.keyrings.direct
  const options = reproduced === undefined ? {} : { encryptionContext: reproduced }
  const whole = await openWhole(bench.clients.usual, keyring, message, options)
  const attempt = (target: string): Attempt => ({
    bench,
    fuzzCase,
    keyring,
    rawAes,
    whole,
    authentic,
    fault: (what) => report({ target, what }),
  })
  const authentic = lazily((): AuthenticPieces | undefined => authenticPieces(message, reproduced))
  judgeWhole(attempt('decrypt'))
  for (const target of targets) {
    if (target.every > 1 && random.index(target.every) > 0) continue
    const own = attempt(target.name)
    try {
      if (target.applies?.(own) !== false) await target.run(own)
    } catch (error) {
      own.fault(`it threw ${inspect(error)}`)
    }
  }
}
