/**
 * Goes on with what `work` gives, or with what it throws, whether it is a promise or not: without one, all
 * of it happens at once. A promise at each step would cost a request over HTTP a tenth of its time.
 */
export const whenDone = <T, R>(
  work: () => T | Promise<T>,
  onValue: (value: T) => R | Promise<R>,
  onError: (error: unknown) => R | Promise<R>,
): R | Promise<R> => {
  let result
  try {
    result = work()
  } catch (error) {
    return onError(error)
  }
  return result instanceof Promise ? result.then(onValue, onError) : onValue(result)
}

/** Goes on with a value once it is there: at once, if it is. */
export const onceThere = <T, R>(
  value: T | Promise<T>,
  onValue: (value: T) => R | Promise<R>,
): R | Promise<R> => (value instanceof Promise ? value.then(onValue) : onValue(value))
