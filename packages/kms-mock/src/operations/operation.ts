import type { Caller } from '../caller.js'
import type { KeySource } from '../key-source.js'
import type { Input, OperationName } from '../model/input.js'
import { inputs } from '../model/inputs.generated.js'
import type { Outside } from '../outside.js'
import type { KmsKey } from '../state/key.js'
import { isTracked, noteUsage } from '../state/key-usage.js'
import { resolveKey } from '../state/resolve-key.js'
import type { KeyIdRule } from '../state/resolve-key.js'
import { sameKey } from '../state/state.js'
import type { KmsState } from '../state/state.js'
import type { StateStore } from '../state/state-store.js'
import type { StructureShape } from '../validation/shape.js'
import { checkGrantTokens } from './check-grant-tokens.js'
import type { OperationOutput } from './output.js'

/** What an operation works with. */
export interface OperationContext {
  readonly operation: string
  readonly state: KmsState
  /** Reads the state that is the present one by then: another object, if a state file changed. */
  readonly store: Pick<StateStore, 'read'>
  readonly caller: Caller
  /** Milliseconds since the epoch, by the KMS's clock. */
  readonly now: number
  readonly keySource: KeySource
  /** How long what AWS does over time takes, in milliseconds; 0: it happens at once. */
  readonly transitionMs: number
  readonly outside: Outside
  /** The keys that the call found so far. */
  readonly keys: ReadonlySet<KmsKey>
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

const checkTokens = ({ GrantTokens }: Record<string, unknown>, context: OperationContext): void => {
  if (GrantTokens !== undefined) checkGrantTokens(GrantTokens, context)
}

/** An operation that may take grant tokens, and whose success is a usage of its keys if it is tracked. */
const withTokensAndUsage = (name: OperationName, run: Operation['run']): Operation['run'] => {
  const tracked = isTracked(name) ? name : undefined
  const note = ({ keys, now, state: atFirst }: OperationContext, state: KmsState): void => {
    if (tracked === undefined || keys.size === 0) return
    state.hasNewUsages = true
    for (const key of keys) {
      const present = state === atFirst ? key : sameKey(state, key)
      if (present !== undefined) noteUsage(present, tracked, now)
    }
  }
  return (input, context, prepared) => {
    checkTokens(input, context)
    const output = run(input, context, prepared)
    if (output instanceof Promise) {
      return output.then((answer) => {
        note(context, context.store.read())
        return answer
      })
    }
    note(context, context.state)
    return output
  }
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
    ...(prepare && {
      prepare: (given, context) => {
        // Before anything is made, and before a dry run ends.
        checkTokens(given, context)
        return prepare(given as Input<N>, context)
      },
    }),
    run: withTokensAndUsage(name, (given, context, prepared) =>
      run(given as Input<N>, context, prepared as P),
    ),
  }
  /* oxlint-enable typescript/no-unsafe-type-assertion */
}

/** Makes the context of one call. `keys` collects the keys it uses. */
export const operationContext = (
  base: Omit<OperationContext, 'key' | 'used' | 'keys'>,
  keys: Set<KmsKey>,
): OperationContext => {
  const { operation, state, store, caller, now, keySource, transitionMs, outside } = base
  const used = (key: KmsKey): KmsKey => {
    keys.add(key)
    return key
  }
  const key = (keyId: string, rule: KeyIdRule): KmsKey =>
    used(resolveKey(state, caller, operation, keyId, rule))
  // Member by member: spreading costs more than all the rest of this.
  return { operation, state, store, caller, now, keySource, transitionMs, outside, keys, used, key }
}
