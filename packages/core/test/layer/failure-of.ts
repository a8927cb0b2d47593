/** What a promise rejects with, whatever that is; it must reject. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown
  try {
    value = await promise
  } catch (error) {
    return error
  }
  throw new Error(`Nothing failed; the answer was of type ${typeof value}.`)
}
