import type { Caller } from './caller.js'
import type { Clock } from './clock.js'
import { KmsError } from './errors.js'
import type { KeySource } from './key-source.js'
import { operationContext, StalePreparation } from './operations/operation.js'
import type { Operation, OperationContext } from './operations/operation.js'
import { operations } from './operations/operations.js'
import type { OperationOutput } from './operations/output.js'
import { runDue } from './state/due.js'
import type { KmsKey } from './state/key.js'
import type { KmsState } from './state/state.js'
import type { StateStore } from './state/state-store.js'
import { decodeInput } from './validation/decode-input.js'
import { validateInput } from './validation/validate-input.js'

/** What operations run on. */
export interface Ground {
  readonly store: StateStore
  readonly clock: Clock
  readonly keySource: KeySource
  readonly transitionMs: number
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

/**
 * Runs one call: all at once, without a promise, if nothing needs one.
 * @throws KmsError
 */
export const runOperation = (
  { store, clock, keySource, transitionMs }: Ground,
  { name, input, caller, keys }: Call,
): OperationOutput | Promise<OperationOutput> => {
  const operation = operationNamed(name)
  const decoded = decodeInput(input, operation.input)
  validateInput(decoded, operation.input)
  const contextOf = (state: KmsState): OperationContext =>
    operationContext({ operation: name, state, caller, now: clock.now(), keySource, transitionMs }, keys)
  // What time does may make key material: it has to last, even if the call itself changes nothing.
  const pass = (state: KmsState): void => runDue(state, clock.now(), keySource)
  const run = (prepared: unknown): OperationOutput | Promise<OperationOutput> =>
    operation.changesState
      ? store.change((state) => {
          pass(state)
          const output = operation.run(decoded, contextOf(state), prepared)
          if (output instanceof Promise) throw new TypeError(`${name} changes the state, but not at once`)
          return output
        })
      : operation.run(decoded, contextOf(store.read()), prepared)

  const isDue = (): boolean => store.read().nextDueAt <= clock.now()
  const { prepare } = operation
  if (prepare === undefined && !isDue()) return run(undefined)
  const prepareAndRun = async (): Promise<OperationOutput> => {
    if (isDue()) await store.change(pass)
    for (;;) {
      const prepared = prepare && (await prepare(decoded, contextOf(store.read())))
      try {
        return await run(prepared)
      } catch (failure) {
        if (!(failure instanceof StalePreparation)) throw failure
      }
    }
  }
  return prepareAndRun()
}
