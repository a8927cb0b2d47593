import { stat } from 'node:fs/promises'
import { BackendError, type BackendErrorCode } from '../errors.js'
import type { CallOptions } from './backend.js'
import { errnoOf, fileError } from './file-errors.js'

/** The boundary at which the file backend turns failures into codes. */
export interface FileGuard {
  /** Run one call of the Backend interface, and translate what it fails with. */
  run<T>(
    operation: string,
    call: CallOptions | undefined,
    body: (signal: AbortSignal | undefined) => Promise<T>,
  ): Promise<T>
  /** The answer "absent": true only while the folder of the location is there, or need not be. */
  absent(operation: string): Promise<undefined>
  /** Whether the folder is there. Fails with LOCATION_NOT_FOUND when it isn't, and must be. */
  hasRoot(operation: string): Promise<boolean>
  refuseLarge(operation: string, size: number, limit: number): void
  /** Run what makes a file last that has its name already: its failure is OUTCOME_UNKNOWN. */
  settle(operation: string, body: () => Promise<void>): Promise<void>
}

/** `mayBeMissing`: a missing `root` stands for an empty location. */
export function fileGuard(id: string, root: string, mayBeMissing: boolean): FileGuard {
  const fail = (code: BackendErrorCode, message: string, operation: string, cause?: unknown) =>
    new BackendError(code, `Location "${id}": ${message}`, {
      backend: id,
      operation,
      ...(cause !== undefined && { cause }),
    })

  async function hasRoot(operation: string): Promise<boolean> {
    const missing = `there is no folder ${root}. Mount it, make it, or set createDirectory.`
    try {
      if ((await stat(root)).isDirectory()) return true
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw fileError(error, { backend: id, operation })
      if (mayBeMissing) return false
      throw fail('LOCATION_NOT_FOUND', missing, operation, error)
    }
    throw fail('LOCATION_NOT_FOUND', missing, operation)
  }

  return {
    hasRoot,

    async run(operation, call, body) {
      const signal = call?.signal
      try {
        signal?.throwIfAborted()
        return await body(signal)
      } catch (error) {
        if (errnoOf(error) !== undefined) await hasRoot(operation)
        throw fileError(error, { backend: id, operation })
      }
    },

    async absent(operation) {
      await hasRoot(operation)
      return undefined
    },

    refuseLarge(operation, size, limit) {
      if (size > limit)
        throw fail('BLOB_TOO_LARGE', `${size} bytes are more than the ${limit} it takes.`, operation)
    },

    async settle(operation, body) {
      try {
        await body()
      } catch (cause) {
        throw fail('OUTCOME_UNKNOWN', 'the file is in its place, but may not last.', operation, cause)
      }
    },
  }
}
