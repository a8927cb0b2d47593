import { createAudit } from './audit.js'
import type { Audit, CallRecord } from './audit.js'
import type { Handle } from './aws-json.js'
import { isCaller } from './caller.js'
import type { Caller } from './caller.js'
import { arnsOf } from './arns-of.js'
import { createClock } from './clock.js'
import type { Clock } from './clock.js'
import { copyOutput } from './copy-deep.js'
import { KmsOptionError } from './errors.js'
import { createFaults } from './faults.js'
import type { Faults } from './faults.js'
import type { KmsServer, ListenOptions } from './http-server.js'
import { randomKeySource, seededKeySource } from './key-source.js'
import type { OperationOutput } from './operations/output.js'
import { translateError } from './operations/translate-error.js'
import { homeOf, isClock, spanOf } from './kms-options.js'
import type { KmsOptions } from './kms-options.js'
import { replaceState } from './replace-state.js'
import type { Outside } from './outside.js'
import { createRequestHandler } from './request-handler.js'
import type { KmsRequestHandler } from './request-handler.js'
import { keepCall, runOperation } from './run-operation.js'
import type { Call } from './run-operation.js'
import { createTurn } from './turn.js'
import type { KmsKey } from './state/key.js'
import { addPresetKeys, checkPresetMaterial } from './state/preset-keys.js'
import { allKeys, emptyState } from './state/state.js'
import type { KmsState } from './state/state.js'
import { fileStateStore, memoryStateStore } from './state/state-store.js'
import { whenDone } from './when-done.js'

/** What a client of the AWS SDK for JavaScript v3 needs to call a {@link Kms} in-process. */
export interface KmsClientConfig {
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string }
  requestHandler: KmsRequestHandler
}

/** AWS KMS, all accounts and regions of it. */
export interface Kms {
  /**
   * Runs one operation. Blobs in `input` are bytes (or base64), blobs in the output bytes, timestamps dates.
   * @param operation for example `Encrypt`
   * @param caller whose call it is; what it leaves out comes from the options
   * @throws KmsError with AWS's error name as its `code`
   * @throws KmsStateError KMS_STATE_LOCKED, KMS_STATE_MALFORMED, KMS_STATE_IO, with `stateFile`
   * @throws RegionDownError ECONNREFUSED, while `faults.setRegionDown` is in force
   */
  handle(operation: string, input?: unknown, caller?: Partial<Caller>): Promise<OperationOutput>
  /** The configuration for `new KMSClient(…)` or `new KMS(…)`: calls end here, without a socket. */
  clientConfig(caller?: Partial<Caller>): KmsClientConfig
  /** Serves over HTTP to any AWS SDK. */
  listen(options?: ListenOptions): Promise<KmsServer>
  readonly clock: Clock
  readonly faults: Faults
  readonly calls: Audit
  /**
   * Begins anew: the keys of `options.keys` and no others (in the state file too), no faults, no calls, the
   * clock back where it began, what follows from a seed from its beginning. Calls under way end first, later ones wait.
   * @throws KmsStateError as `handle` does
   */
  reset(): Promise<void>
  /**
   * Writes to the state file what single calls don't write, so that it survives a restart: last usages, and how far a clock
   * of its own was advanced. Each change of a key does so too, as do `POST /clock` and the `close` of a server. Without `stateFile`: nothing.
   * @throws KmsStateError as `handle` does
   */
  save(): Promise<void>
}

/**
 * Makes a KMS.
 * @throws KmsOptionError KMS_OPTION_INVALID
 * @throws KmsStateError KMS_STATE_MALFORMED, KMS_STATE_IO, with `stateFile`
 */
export const createKms = (options: KmsOptions = {}): Kms => {
  const home = homeOf(options)
  const transitionMs = spanOf('transitionMs', options.transitionMs ?? 0)
  const lockTimeoutMs = spanOf('lockTimeoutMs', options.lockTimeoutMs ?? 10_000)
  const callerOf = ({ region = home.region, accountId = home.accountId }: Partial<Caller>): Caller => {
    const caller = { region, accountId }
    if (!isCaller(caller)) throw new KmsOptionError('region or accountId of the caller is malformed')
    return caller
  }
  const { clock: given = {}, stateFile: path } = options
  const clock = isClock(given) ? given : createClock(given)
  const keySource =
    options.seed === undefined ? randomKeySource : seededKeySource(options.seed, options.seedOutputs ?? false)
  const faults = createFaults()
  const audit = createAudit()

  const presets = options.keys ?? []
  let checks = checkPresetMaterial(presets)
  // The first call says so.
  checks?.catch(() => undefined)
  const initial = (): KmsState => {
    const state = emptyState()
    addPresetKeys(state, presets, home.accountId, clock.now())
    return state
  }
  const outside: Outside = {
    cloudHsmClusters: options.cloudHsmClusters ?? [],
    xksProxies: options.xksProxies ?? [],
  }
  const beforeWrite = (state: KmsState): void => {
    if (!isClock(given)) state.clockAheadMs = Math.max(state.clockAheadMs, clock.advanced?.() ?? 0)
  }
  const store =
    path === undefined
      ? memoryStateStore(initial())
      : fileStateStore({ path, lockTimeoutMs, initial, beforeWrite })
  if (!isClock(given)) clock.advance({ milliseconds: store.read().clockAheadMs })

  const ground = { store, clock, keySource, transitionMs, outside }

  const runFaultily = (call: Call): OperationOutput | Promise<OperationOutput> => {
    const faulty = faults.apply(call.name, call.caller)
    if (faulty === undefined && checks === undefined) return runOperation(ground, call)
    const kept = keepCall(call)
    return Promise.all([faulty, checks]).then(() => {
      checks = undefined
      return runOperation(ground, kept)
    })
  }

  const turn = createTurn()
  const handle: Handle = (name, input, caller, observe) => {
    const keys = new Set<KmsKey>()
    const record = (error?: string): void => {
      const { region, accountId } = caller
      const call: CallRecord = {
        operation: name,
        region,
        accountId,
        keyArns: arnsOf(keys),
        at: clock.now(),
      }
      if (error !== undefined) call.error = error
      audit.record(call)
      observe?.(call)
    }
    return whenDone(
      () => {
        const call = { name, input, caller, keys }
        if (turn.isTaken()) {
          const kept = keepCall(call)
          return turn.wait(() => runFaultily(kept))
        }
        return turn.note(runFaultily(call))
      },
      (output) => {
        record()
        return output
      },
      (thrown) => {
        const failure = translateError(thrown)
        record(failure instanceof Error ? failure.name : 'unknown')
        throw failure
      },
    )
  }

  const reset = (): Promise<void> => {
    // First: calls that a fault holds up go on, and end before it.
    faults.clear()
    return turn.take(async () => {
      clock.reset()
      keySource.restart()
      await store.change((state) => replaceState(state, initial()))
      // A state file's usages are carried over from state to state; here they are to go.
      for (const key of allKeys(store.read())) delete key.lastUsage
      store.read().hasNewUsages = false
      audit.clear()
    })
  }

  const save = async (): Promise<void> => {
    if (path === undefined) return
    const { hasNewUsages, clockAheadMs } = store.known()
    const isAhead = !isClock(given) && (clock.advanced?.() ?? 0) > clockAheadMs
    // Any change of the state takes both with it.
    if (hasNewUsages || isAhead) await store.change(() => undefined)
  }

  return {
    clock,
    faults,
    calls: audit,
    reset,
    save,
    // What is thrown at once rejects as well.
    handle: async (name, input = {}, caller = {}) => copyOutput(await handle(name, input, callerOf(caller))),
    clientConfig: (given = {}) => {
      const caller = callerOf(given)
      return {
        region: caller.region,
        // The access key id carries the account, as over HTTP: see callerFromAuthorization.
        credentials: { accessKeyId: caller.accountId, secretAccessKey: 'sealring-kms-mock' },
        requestHandler: createRequestHandler(handle, caller),
      }
    },
    listen: async (listenOptions) => {
      // Loaded on use: an in-process caller starts a few milliseconds sooner without node:http.
      const { listenHttp } = await import('./http-server.js')
      return listenHttp(
        { handle, fallback: home, controls: { clock, faults, calls: audit, reset, save } },
        listenOptions,
      )
    },
  }
}
