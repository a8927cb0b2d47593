import { createKms } from '@sealring/kms-mock'
import { expect } from 'chai'
import { describe, it } from 'mocha'
import { answersIn, rawConnection } from '../support/raw-connection.js'

const request = (firstLine: string, headers: readonly string[]): string =>
  [
    firstLine,
    'X-Amz-Target: TrentService.ListKeys',
    'Content-Type: application/x-amz-json-1.1',
    'Content-Length: 2',
    ...headers,
    '\r\n{}',
  ].join('\r\n')

/** What node:http would answer by itself, without a body. */
const cases = [
  { about: 'no Host', text: request('POST / HTTP/1.1', []), error: 'SerializationException' },
  { about: 'no Host, in HTTP/1.0', text: request('POST / HTTP/1.0', []), error: undefined },
  {
    about: 'more headers than node:http reads, Host behind them',
    text: request('POST / HTTP/1.1', [...Array.from({ length: 2500 }, (_value, n) => `x${n}: x`), 'Host: a']),
    error: 'SerializationException',
  },
  {
    about: 'an expectation that nobody knows',
    text: request('POST / HTTP/1.1', ['Host: a', 'Expect: 200-ok']),
    error: undefined,
  },
  {
    about: 'CONNECT',
    text: request('CONNECT a:443 HTTP/1.1', ['Host: a']),
    error: 'SerializationException',
  },
] as const

describe('requests that node:http answers by itself', () => {
  for (const transport of ['fast', 'node'] as const) {
    for (const { about, text, error } of cases) {
      it(`${about}: ${error ?? 'served'}, transport ${transport}`, async () => {
        const server = await createKms().listen({ transport })
        const connection = await rawConnection(server.port)
        await connection.write(text)
        const received = await connection.until((all) => answersIn(all).length > 0)
        connection.socket.destroy()
        await server.close()
        const [answer] = answersIn(received)
        expect(answer?.status).to.equal(error === undefined ? 200 : 400)
        const document: unknown = JSON.parse(answer?.body ?? '')
        if (error === undefined) expect(document).to.have.property('Keys')
        else expect(document).to.include({ __type: error }).and.have.property('message')
      })
    }
  }
})
