import { once } from 'node:events'
import { createServer, request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

export interface Passing {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** What befalls a request: it waits before the server sees it; the server carries it out and the answer is dropped. */
export interface Fate {
  readonly waitMs?: number
  readonly answerLost?: boolean
}

export interface HttpProxy {
  readonly endpoint: string
  stop(): Promise<void>
}

/** Stands between a client and a real server. Signatures stay good: the client signed the proxy's address, which is passed on. */
export async function httpProxy(server: string, fateOf: (passing: Passing) => Fate): Promise<HttpProxy> {
  const stopped = new AbortController()
  const proxy = createServer((incoming, response) => {
    const pass = async () => {
      const body = Buffer.concat(await incoming.toArray())
      const { method = '', url = '', headers } = incoming
      const { waitMs, answerLost } = fateOf({ method, url, headers, body })
      if (waitMs !== undefined) await delay(waitMs, undefined, { signal: stopped.signal })
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        request(new URL(url, server), { method, headers }, resolve).on('error', reject).end(body)
      })
      const bytes = Buffer.concat(await answer.toArray())
      if (answerLost) incoming.socket.destroy()
      else response.writeHead(answer.statusCode!, answer.headers).end(bytes)
    }
    // A client that went away, a server that did, or the end of the test.
    pass().catch(() => incoming.socket.destroy())
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const address = proxy.address()
  if (typeof address !== 'object' || address === null) throw new Error('The proxy has no port.')
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      stopped.abort()
      proxy.closeAllConnections()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}
