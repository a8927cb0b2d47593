import { SealringError } from '../errors.js'
import type { BackendAnswers, BackendCall, BackendOperation } from './layer.js'

/** How a call ended, without a byte of what it was about. */
export interface BackendCallEnd {
  /** From the call to the answer. The body of a `read` is consumed after that. */
  readonly milliseconds: number
  readonly outcome: BackendOutcome
  /** Of a `failed` call, when the error has one of ours. */
  readonly code?: string
}

/** What the backend answered; `done` where all answers are alike; `aborted` by the caller's signal. */
export type BackendOutcome =
  'created' | 'exists' | 'replaced' | 'changed' | 'found' | 'absent' | 'done' | 'failed' | 'aborted'

const found = (answer: unknown) => (answer === undefined ? 'absent' : 'found')
const done = () => 'done' as const

const outcomes: { readonly [O in BackendOperation]: (answer: BackendAnswers[O]) => BackendOutcome } = {
  create: ({ outcome }) => outcome,
  read: found,
  stat: found,
  latest: found,
  revisions: done,
  names: done,
  replace: ({ outcome }) => outcome,
  purge: done,
  createSidecar: ({ outcome }) => outcome,
  readSidecar: found,
  listSidecars: done,
  deleteSidecar: done,
}

/** Make a call, and tell `end` how it went. `end` must not throw. */
export async function observe<O extends BackendOperation>(
  { operation }: BackendCall<O>,
  signal: AbortSignal | undefined,
  attempt: (signal: AbortSignal | undefined) => Promise<BackendAnswers[O]>,
  end: (end: BackendCallEnd) => void,
): Promise<BackendAnswers[O]> {
  const began = performance.now()
  const told = (how: Omit<BackendCallEnd, 'milliseconds'>) =>
    end({ milliseconds: performance.now() - began, ...how })
  let answer: BackendAnswers[O]
  try {
    answer = await attempt(signal)
  } catch (error) {
    if (error instanceof SealringError) told({ outcome: 'failed', code: error.code })
    else told({ outcome: signal?.aborted ? 'aborted' : 'failed' })
    throw error
  }
  told({ outcome: outcomes[operation](answer) })
  return answer
}
