import { BackendError } from '@sealring/core'
import type { Backend, BackendErrorCode } from '@sealring/core'

type Operation = Exclude<keyof Backend, 'id' | 'capabilities'>

/** What happens to a call: before it is passed on, or after it was done. */
export interface Fault {
  /** Default: every operation. */
  readonly operations?: readonly Operation[]
  /** How many calls are hit. Default: all. */
  times?: number
  /** Only calls whose first argument this accepts. */
  readonly only?: (argument: unknown) => boolean
  /** Runs instead of the call; `pass` does the call. */
  readonly run: (pass: () => Promise<unknown>, operation: Operation) => Promise<unknown>
}

export interface FaultyBackend {
  readonly backend: Backend
  readonly faults: Fault[]
  /** Operations that were called, in order. */
  readonly calls: Operation[]
  /** Add a fault; returns a function that removes it. */
  readonly inject: (fault: Fault) => () => void
}

const operations: readonly Operation[] = [
  'create',
  'read',
  'stat',
  'latest',
  'revisions',
  'names',
  'replace',
  'purge',
  'createSidecar',
  'readSidecar',
  'listSidecars',
  'deleteSidecar',
]

/** Any backend with faults between it and the store. */
export function faultyBackend(inner: Backend): FaultyBackend {
  const faults: Fault[] = []
  const calls: Operation[] = []
  const backend: Backend = { ...inner }
  for (const operation of operations) {
    const call = (...input: unknown[]): Promise<unknown> => Reflect.apply(inner[operation], inner, input)
    const wrapped = async (...input: unknown[]): Promise<unknown> => {
      calls.push(operation)
      const fault = faults.find(
        (each) =>
          (each.operations?.includes(operation) ?? true) &&
          (each.times ?? 1) > 0 &&
          (each.only?.(input[0]) ?? true),
      )
      if (!fault) return call(...input)
      if (fault.times !== undefined) fault.times -= 1
      return fault.run(() => call(...input), operation)
    }
    Object.defineProperty(backend, operation, { value: wrapped, enumerable: true })
  }
  const inject = (fault: Fault) => {
    faults.push(fault)
    return () => void faults.splice(faults.indexOf(fault), 1)
  }
  return { backend, faults, calls, inject }
}

/** The location answers nothing; or the given operations fail with the given code, before anything is done. */
export function refusing(code: BackendErrorCode, fault: Partial<Fault> = {}, id = 'faulty'): Fault {
  return {
    ...fault,
    run: (_pass, operation) =>
      Promise.reject(new BackendError(code, 'Injected.', { backend: id, operation, retryable: true })),
  }
}

/** The call is done, and its answer lost. */
export function losingAnswer(fault: Partial<Fault> = {}, id = 'faulty'): Fault {
  return {
    ...fault,
    async run(pass, operation) {
      await pass()
      throw new BackendError('OUTCOME_UNKNOWN', 'Injected.', { backend: id, operation, retryable: true })
    },
  }
}
