/** One thing that a backend relies on, asked of a server through the AWS SDK. */
export interface ProtocolCase<Client> {
  readonly name: string
  readonly run: (client: Client) => Promise<void>
}

/** The error of that class that a call fails with; anything else is thrown on. */
export async function failure<Failure extends Error>(
  call: Promise<unknown>,
  type: abstract new (...args: never[]) => Failure,
): Promise<Failure> {
  try {
    await call
  } catch (error) {
    if (error instanceof type) return error
    throw error
  }
  throw new Error(`expected ${type.name}, but the call succeeded`)
}

/** The error's name as the SDK words it, or `none` when the call succeeded. */
export async function errorName(call: Promise<unknown>): Promise<string> {
  try {
    await call
    return 'none'
  } catch (error) {
    if (error instanceof Error) return error.name
    throw error
  }
}

/** The HTTP status of a call, successful or refused by the server. */
export async function httpStatus(call: Promise<unknown>): Promise<number | undefined> {
  const answer: unknown = await call.catch((error: unknown) => error)
  if (typeof answer !== 'object' || answer === null || !('$metadata' in answer)) throw answer
  const metadata: unknown = answer.$metadata
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) throw answer
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined
}
