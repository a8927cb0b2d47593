import { memoryUsage } from 'node:process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Bytes that are held, garbage gone: on the heap and outside. */
export type HeldMemory = () => number

/** Node gives no other way to a program that wasn't started for it. */
export const heldMemory = (): HeldMemory => {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  return () => {
    if (typeof collect !== 'function') throw new TypeError('no garbage collector')
    // The second one takes what finalizers of the first let go.
    collect()
    collect()
    const { heapUsed, external } = memoryUsage()
    return heapUsed + external
  }
}
