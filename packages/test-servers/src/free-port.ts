import { createServer } from 'node:net'

/** A loopback TCP port that was free a moment ago; another process may take it first, so be ready to ask again. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => {
        if (typeof address === 'object' && address !== null) resolve(address.port)
        else reject(new Error('a TCP server has an address and a port'))
      })
    })
  })
}
