import type { Backend } from '../backend/backend.js'
import { BackendError, StoreError } from '../errors.js'
import { ask, askAll } from './ask.js'
import { isOutcomeUnknown } from './copies.js'
import type { FailureLog } from './failure-log.js'
import { checkManifest, manifestFor, manifestKey, writeManifest } from './manifest.js'
import { probeArbiter } from './probe-arbiter.js'

/** The manifests of a store's locations, each read once and then remembered as good. */
export interface Manifests {
  /**
   * Check the manifests that were not checked yet and create those that are absent, the arbiter's first.
   * Returns the replicas that must not be written to, with the reason. Fails with ARBITER_MISMATCH,
   * STORE_MISMATCH, LOCATION_MISMATCH, MANIFEST_INVALID, ARBITER_UNFIT, ARBITER_BEHIND, or the arbiter's
   * BackendError.
   */
  openForWriting(signal: AbortSignal | undefined): Promise<ReadonlyMap<Backend, unknown>>
  /**
   * Whether the arbiter may be believed when it says that something does not exist: its manifest is there, or
   * every location was asked and none has one (nothing was ever written). Fails when a manifest contradicts.
   */
  believeArbiter(failures: FailureLog, signal: AbortSignal | undefined): Promise<boolean>
}

export interface ManifestsOptions {
  readonly id: string
  readonly arbiter: Backend
  readonly replicas: readonly Backend[]
  /** The caller said which location is the arbiter; it was not the first of a list. */
  readonly chosen: boolean
}

export function createManifests({ id, arbiter, replicas, chosen }: ManifestsOptions): Manifests {
  // Only grows: no manifest changes while writers run.
  const checked = new Set<Backend>()

  function accept(location: Backend, bytes: Uint8Array): void {
    checkManifest(bytes, manifestFor(id, arbiter, location))
    checked.add(location)
  }

  /** A replica whose manifest can't be understood is left alone; it doesn't stop the others. */
  function judge(location: Backend, bytes: Uint8Array, failed: Map<Backend, unknown>): void {
    try {
      accept(location, bytes)
    } catch (error) {
      const damaged = error instanceof StoreError && error.code === 'MANIFEST_INVALID'
      if (!damaged || location === arbiter) throw error
      failed.set(location, error)
    }
  }

  async function survey(signal: AbortSignal | undefined) {
    const unchecked = [arbiter, ...replicas].filter((location) => !checked.has(location))
    const absent = new Set<Backend>()
    const failed = new Map<Backend, unknown>()
    const answers = await askAll(unchecked, 'readSidecar', signal, (location) =>
      location.readSidecar(manifestKey, { signal }),
    )
    for (const [location, answer] of answers)
      if ('error' in answer) failed.set(location, answer.error)
      else if (answer.value) judge(location, answer.value, failed)
      else absent.add(location)
    return { absent, failed }
  }

  async function reread(location: Backend, signal: AbortSignal | undefined): Promise<boolean> {
    const bytes = await ask(location, 'readSidecar', signal, () =>
      location.readSidecar(manifestKey, { signal }),
    )
    if (bytes) accept(location, bytes)
    return bytes !== undefined
  }

  async function create(location: Backend, signal: AbortSignal | undefined): Promise<void> {
    const bytes = writeManifest(manifestFor(id, arbiter, location))
    let lost: unknown
    try {
      const { outcome } = await ask(location, 'createSidecar', signal, () =>
        location.createSidecar(manifestKey, bytes, { signal }),
      )
      if (outcome === 'created') checked.add(location)
    } catch (error) {
      // A lost acknowledgement is settled by reading.
      if (!isOutcomeUnknown(error)) throw error
      lost = error
    }
    if (checked.has(location) || (await reread(location, signal))) return
    throw lost ?? unkept(location)
  }

  async function openArbiter(
    failed: ReadonlyMap<Backend, unknown>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const witness = replicas.find((replica) => checked.has(replica))
    if (!witness) {
      // Somebody with another order of the locations may have made one of these the arbiter.
      const [unasked] = failed
      if (unasked && !chosen) throw unsettled(arbiter, ...unasked)
      await probeArbiter(arbiter, signal)
      return create(arbiter, signal)
    }
    // The arbiter's manifest is always created first, so there was one: perhaps since we asked.
    if (await reread(arbiter, signal)) return undefined
    throw new StoreError(
      'ARBITER_BEHIND',
      `The arbiter "${arbiter.id}" has no manifest, but that at "${witness.id}" names it: the arbiter was lost, ` +
        'or is not the place it was. Restore it, or appoint it anew (appointArbiter), before anything is written.',
      { details: { arbiter: arbiter.id, witness: witness.id } },
    )
  }

  async function openReplicas(
    absent: ReadonlySet<Backend>,
    failed: Map<Backend, unknown>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const fresh = replicas.filter((replica) => absent.has(replica))
    const results = await Promise.allSettled(fresh.map((replica) => create(replica, signal)))
    for (const [index, result] of results.entries()) {
      if (result.status === 'fulfilled') continue
      if (result.reason instanceof StoreError) throw result.reason
      failed.set(fresh[index]!, result.reason)
    }
    signal?.throwIfAborted()
  }

  return {
    async openForWriting(signal) {
      if (!arbiter.capabilities.conditionalCreate) throw unfit(arbiter)
      const { absent, failed } = await survey(signal)
      if (failed.has(arbiter)) throw failed.get(arbiter)
      if (absent.has(arbiter)) await openArbiter(failed, signal)
      await openReplicas(absent, failed, signal)
      return failed
    },

    async believeArbiter(failures, signal) {
      if (checked.has(arbiter)) return true
      const { absent, failed } = await survey(signal)
      for (const [location, error] of failed) failures.add(location, 'readSidecar', error)
      return checked.has(arbiter) || absent.size === replicas.length + 1
    },
  }
}

export function unkept(location: Backend): BackendError {
  return new BackendError('BACKEND_FAILED', `Location "${location.id}" did not keep its manifest.`, {
    backend: location.id,
    operation: 'createSidecar',
  })
}

function unsettled(arbiter: Backend, location: Backend, cause: unknown): StoreError {
  return new StoreError(
    'UNDETERMINED',
    `No location that could be asked has a manifest, and "${location.id}" could not be asked: it may name another ` +
      `arbiter than "${arbiter.id}". Try again when it can be reached, or say \`arbiter: '${arbiter.id}'\`. Nothing was written.`,
    { cause, details: { arbiter: arbiter.id, location: location.id } },
  )
}

export function unfit(arbiter: Backend): StoreError {
  return new StoreError(
    'ARBITER_UNFIT',
    `Location "${arbiter.id}" does not create conditionally: choose another arbiter.`,
    { details: { arbiter: arbiter.id } },
  )
}
