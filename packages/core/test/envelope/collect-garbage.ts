import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Frees what nobody holds. Twice, because the memory of a Buffer is freed on another thread, for which the next
 * collection waits: on a busy machine it comes late.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect !== 'function') throw new Error('There is no gc')
  for (let n = 0; n < 2; n += 1) collect()
}

/** Bytes of all Buffers that somebody holds. */
export function buffersHeld(): number {
  collectGarbage()
  return process.memoryUsage().arrayBuffers
}
