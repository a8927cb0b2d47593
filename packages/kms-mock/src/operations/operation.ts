import type { Caller } from '../caller.js'
import type { KeySource } from '../key-source.js'
import type { Input, OperationName } from '../model/input.js'
import { inputs } from '../model/inputs.generated.js'
import type { KmsKey } from '../state/key.js'
import { resolveKey } from '../state/resolve-key.js'
import type { KeyIdRule } from '../state/resolve-key.js'
import type { KmsState } from '../state/state.js'
import type { StructureShape } from '../validation/shape.js'
import type { OperationOutput } from './output.js'

/** What an operation works with. */
export interface OperationContext {
  readonly operation: string
  readonly state: KmsState
  readonly caller: Caller
  /** Milliseconds since the epoch, by the KMS's clock. */
  readonly now: number
  readonly keySource: KeySource
  /** How long the states Creating and Updating last, in milliseconds. */
  readonly transitionMs: number
  /** Finds the key that a `KeyId` parameter means, and notes it for the audit. */
  readonly key: (keyId: string, rule: KeyIdRule) => KmsKey
  /** Notes a key that was found in another way. */
  readonly used: (key: KmsKey) => KmsKey
}

/** Thrown by `run` when the state has gone on since `prepare`: both are run again. */
export class StalePreparation extends Error {}

/** An operation of the KMS API, ready to be called. */
export interface Operation {
  readonly name: OperationName
  /** Whether it may change keys or aliases; such operations run one at a time, and are persisted. */
  readonly changesState: boolean
  readonly input: StructureShape
  /**
   * What takes its time and must not hold up others: a key pair to be generated, a library to be loaded. Runs before
   * `run`, on a state that may have changed until then.
   * @throws KmsError
   */
  readonly prepare?: (input: Record<string, unknown>, context: OperationContext) => unknown
  /**
   * Runs it on decoded, validated input. All checks come before the first change of the state; one that changes the
   * state is done when it returns.
   * @throws KmsError
   */
  readonly run: (
    input: Record<string, unknown>,
    context: OperationContext,
    prepared: unknown,
  ) => OperationOutput | Promise<OperationOutput>
}

interface OperationDefinition<N extends OperationName, P> {
  readonly name: N
  readonly changesState?: boolean
  readonly prepare?: (input: Input<N>, context: OperationContext) => P | Promise<P>
  readonly run: (
    input: Input<N>,
    context: OperationContext,
    prepared: P,
  ) => OperationOutput | Promise<OperationOutput>
}

/** Defines an operation; its name selects its input in the model, and so the type that `run` sees. */
export const defineOperation = <const N extends OperationName, P = undefined>({
  name,
  changesState = false,
  prepare,
  run,
}: OperationDefinition<N, P>): Operation => {
  // Decoded and validated by this very table, the input is what the table says; what was prepared comes from `prepare`.
  /* oxlint-disable typescript/no-unsafe-type-assertion */
  return {
    name,
    changesState,
    input: inputs[name],
    ...(prepare && { prepare: (given, context) => prepare(given as Input<N>, context) }),
    run: (given, context, prepared) => run(given as Input<N>, context, prepared as P),
  }
  /* oxlint-enable typescript/no-unsafe-type-assertion */
}

/** Makes the context of one call. `keys` collects the keys it uses. */
export const operationContext = (
  base: Pick<OperationContext, 'operation' | 'state' | 'caller' | 'now' | 'keySource' | 'transitionMs'>,
  keys: Set<KmsKey>,
): OperationContext => {
  const { operation, state, caller, now, keySource, transitionMs } = base
  const used = (key: KmsKey): KmsKey => {
    keys.add(key)
    return key
  }
  const key = (keyId: string, rule: KeyIdRule): KmsKey =>
    used(resolveKey(state, caller, operation, keyId, rule))
  // Member by member: spreading costs more than all the rest of this.
  return { operation, state, caller, now, keySource, transitionMs, used, key }
}
