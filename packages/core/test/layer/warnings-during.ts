import { setImmediate as turn } from 'node:timers/promises'

/** The warnings of ours that the process emits while something runs. */
export async function warningsDuring(run: () => Promise<void>): Promise<(Error & { code?: string })[]> {
  const warnings: (Error & { code?: string })[] = []
  const note = (warning: Error & { code?: string }) => {
    if (warning.code?.startsWith('SEALRING_')) warnings.push(warning)
  }
  process.on('warning', note)
  try {
    await run()
    // Warnings are emitted in the next tick.
    await turn()
  } finally {
    process.off('warning', note)
  }
  return warnings
}
