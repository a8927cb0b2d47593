import { createAudit } from './audit.js'
import type { Audit, CallRecord } from './audit.js'
import type { Handle } from './aws-json.js'
import { isCaller } from './caller.js'
import type { Caller } from './caller.js'
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
import { replaceState } from './replace-state.js'
import type { CloudHsmCluster, Outside, XksProxy } from './outside.js'
import { createRequestHandler } from './request-handler.js'
import type { KmsRequestHandler } from './request-handler.js'
import { keepCall, runOperation } from './run-operation.js'
import { keyArn } from './state/arn.js'
import type { KmsKey } from './state/key.js'
import { addPresetKeys, checkPresetMaterial } from './state/preset-keys.js'
import type { PresetKey } from './state/preset-key.js'
import { allKeys, emptyState } from './state/state.js'
import type { KmsState } from './state/state.js'
import { fileStateStore, memoryStateStore } from './state/state-store.js'
import { whenDone } from './when-done.js'

/** Options of {@link createKms}. */
export interface KmsOptions {
  /** The account of callers who name none. Default 111122223333, the account of AWS's own examples. */
  accountId?: string
  /** The region of unsigned requests, and of `handle` without a caller. Default us-east-1. */
  region?: string
  /** Default: the present, running. */
  clock?: Clock
  /** Fixes the ids and material of the keys to be created, in their order. For tests only: material that follows from a seed is no secret. */
  seed?: string
  /**
   * With `seed`: fixes data keys and random bytes as well, in the order of the calls, and the ciphertexts of symmetric keys: the
   * same plaintext and context give the same one. Default false.
   */
  seedOutputs?: boolean
  /** Keys that are there from the start. With `stateFile`: only if there is no file yet. */
  keys?: readonly PresetKey[]
  /** Keeps all of its state in this file (JSON, mode 0600), shared safely with other processes. Default: in memory. */
  stateFile?: string
  /** How long a change waits for another process that has the state file locked, in milliseconds. Default 10000. */
  lockTimeoutMs?: number
  /**
   * How long what AWS does over time takes, in milliseconds by `clock`: connecting a custom key store, the states Creating of
   * a replica and Updating of keys whose primary moves. Default 0: it happens at once, the next call finds it done.
   */
  transitionMs?: number
  /** The AWS CloudHSM clusters that custom key stores can be in. Default: none. */
  cloudHsmClusters?: readonly CloudHsmCluster[]
  /** The external key store proxies that custom key stores can be behind. Default: none. */
  xksProxies?: readonly XksProxy[]
}

const knownArns = new WeakMap<KmsKey, readonly string[]>()
const noArns: readonly string[] = []

/** The ARNs of keys, for the audit; those of one key are kept, since it keeps thousands of them. */
const arnsOf = (keys: ReadonlySet<KmsKey>): readonly string[] => {
  const [key] = keys
  if (key === undefined) return noArns
  // What `prepare` and `run` both found may be two objects, of a state that was read anew.
  if (keys.size > 1) return [...new Set(Array.from(keys, keyArn))]
  let arns = knownArns.get(key)
  if (arns === undefined) {
    arns = [keyArn(key)]
    knownArns.set(key, arns)
  }
  return arns
}

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
   * clock back where it began.
   * @throws KmsStateError as `handle` does
   */
  reset(): Promise<void>
}

/**
 * Makes a KMS.
 * @throws KmsOptionError KMS_OPTION_INVALID
 * @throws KmsStateError KMS_STATE_MALFORMED, KMS_STATE_IO, with `stateFile`
 */
export const createKms = (options: KmsOptions = {}): Kms => {
  const home: Caller = {
    region: options.region ?? 'us-east-1',
    accountId: options.accountId ?? '111122223333',
  }
  if (!isCaller(home)) throw new KmsOptionError('region or accountId is malformed')
  const { transitionMs = 0 } = options
  if (!(transitionMs >= 0 && transitionMs < Infinity))
    throw new KmsOptionError('transitionMs is not a span of time')
  const callerOf = ({ region = home.region, accountId = home.accountId }: Partial<Caller>): Caller => {
    const caller = { region, accountId }
    if (!isCaller(caller)) throw new KmsOptionError('region or accountId of the caller is malformed')
    return caller
  }
  const clock = options.clock ?? createClock()
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
  const { stateFile: path, lockTimeoutMs = 10_000 } = options
  const outside: Outside = {
    cloudHsmClusters: options.cloudHsmClusters ?? [],
    xksProxies: options.xksProxies ?? [],
  }
  const store =
    path === undefined ? memoryStateStore(initial()) : fileStateStore({ path, lockTimeoutMs, initial })

  const ground = { store, clock, keySource, transitionMs, outside }

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
        const faulty = faults.apply(name, caller)
        if (faulty === undefined && checks === undefined) return runOperation(ground, call)
        const kept = keepCall(call)
        return Promise.all([faulty, checks]).then(() => {
          checks = undefined
          return runOperation(ground, kept)
        })
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

  const reset = async (): Promise<void> => {
    faults.clear()
    clock.reset()
    await store.change((state) => replaceState(state, initial()))
    // A state file's usages are carried over from state to state; here they are to go.
    for (const key of allKeys(store.read())) delete key.lastUsage
    audit.clear()
  }

  return {
    clock,
    faults,
    calls: audit,
    reset,
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
        { handle, fallback: home, controls: { clock, faults, calls: audit, reset } },
        listenOptions,
      )
    },
  }
}
