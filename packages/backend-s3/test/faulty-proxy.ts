import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { errorAnswer } from './error-answer.js'
import { listen } from './listen.js'

/**
 * What befalls a request on its way. `answer-lost`: carried out, then the connection breaks. `request-lost`: the
 * connection breaks before the server sees it. `no-answer`: carried out, and the client waits in vain. `cut`: carried
 * out, and the connection breaks in the middle of the answer's body. `flipped`: one bit of the answer's body changed.
 * `refused`: answered with an S3 error of this code and status, not carried out. `thenRefused`: the same, carried out.
 */
export type Fault =
  | 'none'
  | 'answer-lost'
  | 'request-lost'
  | 'no-answer'
  | 'cut'
  | 'flipped'
  | { readonly refused: string; readonly status: number }
  | { readonly thenRefused: string; readonly status: number }

export interface FaultyProxy {
  readonly endpoint: string
  /** Faults of the next requests with this method, in order; those after them pass. */
  plan(method: string, faults: readonly Fault[]): void
  /** Forget all faults that have not come to pass. */
  clear(): void
  /** Methods of the requests that came since the last call, in order; LIST is a GET of a bucket. */
  seen(): string[]
  stop(): Promise<void>
}

/** Stands between a client and a real S3 server, and does to requests what networks do. */
export async function faultyProxy(server: string): Promise<FaultyProxy> {
  const plans = new Map<string, Fault[]>()
  const methods: string[] = []
  const proxy = createServer((incoming, response) => void handle(incoming, response))
  const port = await listen(proxy)

  async function handle(incoming: IncomingMessage, response: ServerResponse) {
    const method = incoming.url?.includes('list-type=2') ? 'LIST' : incoming.method!
    methods.push(method)
    const body = Buffer.concat(await incoming.toArray())
    const fault = plans.get(method)?.shift() ?? 'none'
    if (fault === 'request-lost') return void incoming.socket.destroy()
    if (typeof fault === 'object' && 'refused' in fault)
      return errorAnswer(response, fault.refused, fault.status)

    const { status, headers, bytes } = await forward(incoming, body)
    if (fault === 'none') return void response.writeHead(status, headers).end(bytes)
    if (fault === 'answer-lost') return void incoming.socket.destroy()
    if (fault === 'cut') {
      const half = bytes.subarray(0, bytes.length >> 1)
      return void response.writeHead(status, headers).write(half, () => incoming.socket.destroySoon())
    }
    if (fault === 'flipped') {
      bytes[bytes.length >> 1]! ^= 1
      return void response.writeHead(status, headers).end(bytes)
    }
    if (typeof fault === 'object') return errorAnswer(response, fault.thenRefused, fault.status)
  }

  async function forward({ method, headers, url }: IncomingMessage, body: Buffer) {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(new URL(url!, server), { method, headers }, resolve).on('error', reject).end(body)
    })
    return {
      status: answer.statusCode!,
      headers: answer.headers,
      bytes: Buffer.concat(await answer.toArray()),
    }
  }

  return {
    endpoint: `http://127.0.0.1:${port}`,
    plan: (method, faults) => void plans.set(method, [...faults]),
    clear: () => plans.clear(),
    seen: () => methods.splice(0),
    stop: async () => {
      proxy.closeAllConnections()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}
