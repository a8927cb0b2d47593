import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { portOf } from './port-of.js'

/**
 * What befalls a request on its way. `answer-lost`: carried out, then the connection breaks. `request-lost`: the
 * connection breaks before the server sees it. `no-answer`: carried out, and the client waits in vain.
 * `refused`: answered with an error of this type and status, not carried out. `then-refused`: the same, carried out.
 */
export type Fault =
  | 'none'
  | 'answer-lost'
  | 'request-lost'
  | 'no-answer'
  | { readonly refused: string; readonly status: number; readonly says?: object }
  | { readonly thenRefused: string; readonly status: number }

export interface FaultyProxy {
  readonly endpoint: string
  /** Faults of the next requests of this operation, in order; those after them pass. */
  plan(operation: string, faults: readonly Fault[]): void
  /** Operations of the requests that came since the last call, in order. */
  seen(): string[]
  stop(): Promise<void>
}

/** Stands between a client and a real DynamoDB server, and does to requests what networks do. */
export async function faultyProxy(server: string): Promise<FaultyProxy> {
  const plans = new Map<string, Fault[]>()
  const operations: string[] = []
  const proxy = createServer((incoming, response) => void handle(incoming, response))
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')

  async function handle(incoming: IncomingMessage, response: ServerResponse) {
    const operation = String(incoming.headers['x-amz-target']).split('.').at(-1)!
    operations.push(operation)
    const body = Buffer.concat(await incoming.toArray())
    const fault = plans.get(operation)?.shift() ?? 'none'
    if (fault === 'request-lost') return void incoming.socket.destroy()
    if (typeof fault === 'object' && 'refused' in fault)
      return refuse(response, fault.refused, fault.status, fault.says)

    const { status, headers, bytes } = await forward(incoming, body)
    if (fault === 'none') return void response.writeHead(status, headers).end(bytes)
    if (fault === 'answer-lost') return void incoming.socket.destroy()
    if (typeof fault === 'object') return refuse(response, fault.thenRefused, fault.status)
  }

  async function forward({ method, headers }: IncomingMessage, body: Buffer) {
    const outgoing = request(server, { method, headers })
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      outgoing.on('response', resolve).on('error', reject).end(body)
    })
    return {
      status: answer.statusCode!,
      headers: answer.headers,
      bytes: Buffer.concat(await answer.toArray()),
    }
  }

  return {
    endpoint: `http://127.0.0.1:${portOf(proxy)}`,
    plan: (operation, faults) => void plans.set(operation, [...faults]),
    seen: () => operations.splice(0),
    stop: async () => {
      proxy.closeAllConnections()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}

function refuse(response: ServerResponse, type: string, status: number, says: object = {}) {
  const body = JSON.stringify({
    __type: `com.amazonaws.dynamodb.v20120810#${type}`,
    message: 'As the test asks.',
    ...says,
  })
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body)
}
