import type {
  $Command,
  DynamoDBClient,
  DynamoDBClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-dynamodb'
import { dynamodbError } from './dynamodb-errors.js'

/** One table, as one backend sees it. */
export interface TableContext {
  readonly id: string
  readonly client: DynamoDBClient
  readonly table: string
}

export interface Call {
  /** The method of the backend that asks. */
  readonly operation: string
  readonly signal?: AbortSignal | undefined
  /** The outcome of `operation` depends on whether this request was carried out. */
  readonly decides?: boolean
}

type Command<I extends ServiceInputTypes, O extends ServiceOutputTypes> = $Command<
  I,
  O,
  DynamoDBClientResolvedConfig,
  ServiceInputTypes,
  ServiceOutputTypes
>

/**
 * Send one command by the user's client, whose retries are the only ones. Fails with the BackendError that
 * dynamodb-errors.ts makes of the failure, or with the signal's reason.
 */
export async function send<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
  { id, client, table }: TableContext,
  command: Command<I, O>,
  { operation, signal, decides = false }: Call,
): Promise<O> {
  signal?.throwIfAborted()
  const attempts = decides ? recordAttempts(command) : undefined
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
 * The failures of the attempts at a command, as they happen. The SDK reports only the last one, and it is an
 * earlier one that may have been carried out. `low` puts the step inside the SDK's retry and signing.
 */
function recordAttempts<I extends ServiceInputTypes, O extends ServiceOutputTypes>(
  command: Command<I, O>,
): readonly unknown[] {
  const failures: unknown[] = []
  command.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args)
      } catch (failure) {
        failures.push(failure)
        throw failure
      }
    },
    { step: 'finalizeRequest', priority: 'low', name: 'sealringRecordAttempts' },
  )
  return failures
}
