import { expect } from 'chai'
import { SealringError } from '@sealring/core'

/** The error that a promise rejects with; it must have the code. */
export async function rejection(
  promise: Promise<unknown>,
  code: string,
): Promise<SealringError & { details?: unknown }> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof SealringError)) throw new Error(`Expected ${code}`, { cause: error })
  expect(error.code).to.equal(code)
  return error
}
