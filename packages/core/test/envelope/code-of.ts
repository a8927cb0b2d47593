import { SealringError } from '@sealring/core'

/** The code of the error that `run` ends in; 'no error' when it succeeds. An error without a code is thrown on. */
export async function codeOf(run: () => unknown): Promise<string> {
  try {
    await run()
    return 'no error'
  } catch (error) {
    if (error instanceof SealringError) return error.code
    throw error
  }
}

/** The error itself. */
export async function errorOf(run: () => unknown): Promise<SealringError> {
  try {
    await run()
  } catch (error) {
    if (error instanceof SealringError) return error
    throw error
  }
  throw new Error('It succeeded')
}
