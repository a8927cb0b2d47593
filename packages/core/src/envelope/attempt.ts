/** Runs `make` now; what it gave or threw is given or thrown when the result is called. */
export function attempt<Value>(make: () => Value): () => Value {
  try {
    const value = make()
    return () => value
  } catch (error) {
    return () => {
      throw error
    }
  }
}
