/** Prints one readable line a step, with its duration. */
export interface Narrator {
  /** Runs a step and prints `  ✓ title … what it returned … 12 ms`. */
  step<T>(title: string, action: () => Promise<T>, says: (result: T) => string): Promise<T>
  heading(text: string): void
}

const width = 34

export function narrator(write: (text: string) => void): Narrator {
  return {
    heading: (text) => write(`\n${text}\n`),
    async step(title, action, says) {
      const began = performance.now()
      const result = await action()
      const duration = `${(performance.now() - began).toFixed(0)} ms`
      write(`  ${title.padEnd(width)} ${duration.padStart(8)}  ${says(result)}\n`)
      return result
    },
  }
}
