/** Calls what must not disturb a call. */
export type Onlooker = <Value>(look: () => Value) => Value | undefined

/**
 * What an onlooker throws, or rejects with, disturbs nobody: it becomes one warning of the process (code
 * SEALRING_HOOK), with the error's name and not its message, which may hold anything.
 */
export function onlooker(location: string): Onlooker {
  let warned = false
  function warn(error: unknown): void {
    if (warned) return
    warned = true
    const what = error instanceof Error ? error.name : typeof error
    process.emitWarning(
      `A hook of location "${location}" failed with ${what}; later failures are not reported.`,
      {
        code: 'SEALRING_HOOK',
      },
    )
  }
  return (look) => {
    try {
      const value = look()
      // An async hook's rejection would otherwise end the process.
      if (value instanceof Promise) value.catch(warn)
      return value
    } catch (error) {
      warn(error)
      return undefined
    }
  }
}
