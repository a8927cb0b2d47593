import { getHeapStatistics } from 'node:v8'

/** What one case took. */
export interface Cost {
  readonly milliseconds: number
  /** Bytes that it held more at its end than at its start, garbage included: on the heap, and outside. */
  readonly heap: number
  readonly external: number
  /** Bytes of the largest Buffer that it asked for. */
  readonly largestBuffer: number
}

export interface CostMeter {
  readonly start: () => void
  readonly stop: () => Cost
  /** Buffer allocates as before. */
  readonly restore: () => void
}

const allocators = ['alloc', 'allocUnsafe', 'allocUnsafeSlow'] as const

/** Measures cases. Watches the functions of Buffer: nothing shows an allocation that was freed within the case. */
export function costMeter(): CostMeter {
  let largestBuffer = 0
  let started = 0
  let startedMemory = getHeapStatistics()
  const originals = Object.fromEntries(allocators.map((name) => [name, Buffer[name]]))
  for (const name of allocators) {
    const original = Buffer[name]
    Object.assign(Buffer, {
      [name](length: number, ...rest: unknown[]): unknown {
        if (length > largestBuffer) largestBuffer = length
        return Reflect.apply(original, Buffer, [length, ...rest])
      },
    })
  }
  return {
    start() {
      largestBuffer = 0
      startedMemory = getHeapStatistics()
      started = performance.now()
    },
    stop() {
      const milliseconds = performance.now() - started
      const memory = getHeapStatistics()
      return {
        milliseconds,
        heap: memory.used_heap_size - startedMemory.used_heap_size,
        external: memory.external_memory - startedMemory.external_memory,
        largestBuffer,
      }
    },
    restore: () => void Object.assign(Buffer, originals),
  }
}
