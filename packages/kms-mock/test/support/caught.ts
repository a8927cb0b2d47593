/** The error that a promise rejects with; fails if it doesn't. */
export const caught = async (promise: Promise<unknown>): Promise<Error & { code?: string }> => {
  try {
    await promise
  } catch (error) {
    if (error instanceof Error) return error
    throw new Error('what was thrown is no Error', { cause: error })
  }
  throw new Error('nothing was thrown')
}

/** The name of the error that a promise rejects with: AWS's promise to its callers. */
export const nameOf = async (promise: Promise<unknown>): Promise<string> => (await caught(promise)).name

/** The code of the error that a promise rejects with. */
export const codeOf = async (promise: Promise<unknown>): Promise<string | undefined> =>
  (await caught(promise)).code
