import type { Caller } from './caller.js'
import type { Clock } from './clock.js'
import { KmsError } from './errors.js'
import type { KeySource } from './key-source.js'
import { operationContext, StalePreparation } from './operations/operation.js'
import type { Operation, OperationContext } from './operations/operation.js'
import { operations } from './operations/operations.js'
import type { OperationOutput } from './operations/output.js'
import type { Outside } from './outside.js'
import { ownInput } from './copy-deep.js'
import { runDue } from './state/due.js'
import type { KmsKey } from './state/key.js'
import type { KmsState } from './state/state.js'
import type { StateStore } from './state/state-store.js'
import { decodeInput } from './validation/decode-input.js'
import { validateInput } from './validation/validate-input.js'
import { onceThere, whenDone } from './when-done.js'

/** What operations run on. */
export interface Ground {
  readonly store: StateStore
  readonly clock: Clock
  readonly keySource: KeySource
  readonly transitionMs: number
  readonly outside: Outside
}

/** One call. `keys` collects the keys it uses. */
export interface Call {
  readonly name: string
  readonly input: unknown
  readonly caller: Caller
  readonly keys: Set<KmsKey>
}

const operationNamed = (name: string): Operation => {
  const operation = operations.get(name)
  if (operation !== undefined) return operation
  throw new KmsError('UnknownOperationException', `kms-mock does not know the operation ${name}.`)
}

const contextOf = (
  { store, keySource, transitionMs, outside }: Ground,
  { name, caller, keys }: Call,
  state: KmsState,
  now: number,
): OperationContext =>
  operationContext({ operation: name, state, store, caller, now, keySource, transitionMs, outside }, keys)

/** Runs a call that needs something made beforehand, changes the state, or comes when something is due. */
const runInSteps = (
  ground: Ground,
  call: Call,
  operation: Operation,
  input: Record<string, unknown>,
): OperationOutput | Promise<OperationOutput> => {
  const { store, clock, keySource } = ground
  const context = (state: KmsState): OperationContext => contextOf(ground, call, state, clock.now())
  // What time does may make key material: it has to last, even if the call itself changes nothing.
  const pass = (state: KmsState): void => runDue(state, clock.now(), keySource)
  const run = (
    given: Record<string, unknown>,
    prepared: unknown,
  ): OperationOutput | Promise<OperationOutput> =>
    operation.changesState
      ? store.change((state) => {
          pass(state)
          const output = operation.run(given, context(state), prepared)
          if (output instanceof Promise)
            throw new TypeError(`${call.name} changes the state, but not at once`)
          return output
        })
      : onceThere(isDue() ? store.change(pass) : undefined, () =>
          operation.run(given, context(store.read()), prepared),
        )

  // Also once more after `prepare`, which may have taken seconds.
  const isDue = (): boolean => store.read().nextDueAt <= clock.now()
  const { prepare } = operation
  if (prepare === undefined && !isDue()) return run(input, undefined)
  const own = ownInput(input)
  const prepareAndRun = (): OperationOutput | Promise<OperationOutput> =>
    onceThere(prepare?.(own, context(store.read())), (prepared) =>
      whenDone(
        () => run(own, prepared),
        (output) => output,
        (failure) => {
          if (failure instanceof StalePreparation) return prepareAndRun()
          throw failure
        },
      ),
    )
  return isDue() ? onceThere(store.change(pass), prepareAndRun) : prepareAndRun()
}

/**
 * Runs one call: all at once, without a promise, if nothing needs one.
 * @throws KmsError
 */
export const runOperation = (ground: Ground, call: Call): OperationOutput | Promise<OperationOutput> => {
  const operation = operationNamed(call.name)
  const input = decodeInput(call.input, operation.input)
  validateInput(input, operation.input)
  const state = ground.store.read()
  const now = ground.clock.now()
  // Most calls need nothing else.
  if (operation.prepare === undefined && !operation.changesState && state.nextDueAt > now)
    return operation.run(input, contextOf(ground, call, state, now), undefined)
  return runInSteps(ground, call, operation, input)
}

/** The call with input that is no longer its caller's, to be run later. What can't be read stays, and is refused then. */
export const keepCall = (call: Call): Call => {
  const shape = operations.get(call.name)?.input
  if (shape === undefined) return call
  try {
    return { ...call, input: ownInput(decodeInput(call.input, shape)) }
  } catch (error) {
    if (error instanceof KmsError) return call
    throw error
  }
}
