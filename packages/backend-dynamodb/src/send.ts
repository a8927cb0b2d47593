import type {
  $Command,
  DynamoDBClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-dynamodb'
import { dynamodbError } from './dynamodb-errors.js'
import type { Caller, DynamodbLocation } from './location.js'

type Command<I extends ServiceInputTypes, O extends ServiceOutputTypes> = $Command<
  I,
  O,
  DynamoDBClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes
>

interface SendOptions {
  readonly decides?: boolean
  readonly onFailedAttempt?: (failure: unknown) => void
}

/**
 * Send one command by the user's client, whose retries are the only ones. Fails with the BackendError that
 * dynamodb-errors.ts makes of the failure, or with the signal's reason. `decides`: the outcome of the caller's
 * operation depends on whether this request was carried out. `onFailedAttempt` hears of each attempt that failed.
 */
export async function send<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
  { id, client, table }: Pick<DynamodbLocation, 'id' | 'client' | 'table'>,
  command: Command<I, O>,
  { operation, signal }: Caller,
  { decides = false, onFailedAttempt }: SendOptions = {},
): Promise<O> {
  signal?.throwIfAborted()
  const attempts: unknown[] | undefined = decides ? [] : undefined
  if (decides || onFailedAttempt)
    watchAttempts(command, (failure) => {
      attempts?.push(failure)
      onFailedAttempt?.(failure)
    })
  try {
    return await client.send(command, signal ? { abortSignal: signal } : {})
  } catch (cause) {
    signal?.throwIfAborted()
    throw dynamodbError({
      backend: id,
      table,
      operation,
      cause,
      ...(attempts && { writeAttempts: attempts }),
    })
  }
}

/**
 * Hears of the failures of the attempts at a command, as they happen. The SDK reports only the last one, and it is an
 * earlier one that may have been carried out. `low` puts the step inside the SDK's retry and signing.
 */
function watchAttempts<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
  command: Command<I, O>,
  onFailure: (failure: unknown) => void,
): void {
  command.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args)
      } catch (failure) {
        onFailure(failure)
        throw failure
      }
    },
    { step: 'finalizeRequest', priority: 'low', name: 'sealringWatchAttempts' },
  )
}
