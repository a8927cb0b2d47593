import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** `before`: the request is never sent. `after`: it is carried out, and the answer is lost. */
export type Moment = 'before' | 'after'

export interface Interruption {
  /** Whether it has come to that. */
  readonly happened: () => boolean
  /** Operations of the requests so far, but for those after the interruption. */
  readonly seen: () => readonly string[]
}

/** Ends a client's work at its n-th request (of those that count), from 1, as the death of its process would: nothing after it is sent. */
export function interrupt(
  client: DynamoDBClient,
  n: number,
  moment: Moment,
  counts: (operation: string) => boolean = () => true,
): Interruption {
  const seen: string[] = []
  let dead = false
  const reset = () => Object.assign(new Error('the process has died'), { code: 'ECONNRESET' })
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (dead) throw reset()
        const operation = String(commandName).replace('Command', '')
        if (!counts(operation)) return next(args)
        seen.push(operation)
        if (seen.length < n) return next(args)
        dead = true
        // Whatever the answer was, it is lost.
        if (moment === 'after') await next(args).catch(() => undefined)
        throw reset()
      },
    // Inside the SDK's retries, and inside what the backend records of attempts.
    { step: 'deserialize', priority: 'high', name: 'interrupt' },
  )
  return { happened: () => dead, seen: () => seen }
}
