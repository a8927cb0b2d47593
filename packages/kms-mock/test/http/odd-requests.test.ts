import { setTimeout as sleep } from 'node:timers/promises'
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

    it(`a CONNECT that is reset before its answer ends nothing else, transport ${transport}`, async () => {
      const server = await createKms().listen({ transport })
      for (let time = 0; time < 20; time += 1) {
        const connection = await rawConnection(server.port)
        await connection.write('CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n')
        if (time % 2 === 0) await sleep(1)
        connection.socket.resetAndDestroy()
      }
      // An error that nobody hears ends the process, and fails the test.
      await sleep(50)
      const connection = await rawConnection(server.port)
      await connection.write(request('POST / HTTP/1.1', ['Host: a']))
      expect(await connection.until((all) => answersIn(all).length > 0)).to.include('200 OK')
      connection.socket.destroy()
      await server.close()
    })

    it(`a CONNECT whose other side stays open keeps no server from closing, transport ${transport}`, async () => {
      const server = await createKms().listen({ transport })
      const connection = await rawConnection(server.port)
      await connection.write('CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n')
      expect(await connection.untilEnd()).to.include('400 Bad Request')
      await server.close()
      connection.socket.destroy()
    }).timeout(10_000)
  }
})
