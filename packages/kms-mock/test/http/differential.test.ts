import { setTimeout as sleep } from 'node:timers/promises'
import { createKms } from '@sealring/kms-mock'
import type { KmsServer } from '@sealring/kms-mock'
import { expect } from 'chai'
import { after, before, describe, it } from 'mocha'
import type { RequestHead } from '#src/http/parse-request.js'
import { disagreement, prefixDisagreement, readFast } from '../support/compare-parsers.js'
import { requestBytes, seededRandom } from '../support/http-cases.js'
import { answersIn, rawConnection } from '../support/raw-connection.js'
import { fuzzParsers } from './fuzz-parsers.js'

const whole = (headers: string, body = '{}', end = '\r\n'): Buffer =>
  Buffer.from(
    `POST / HTTP/1.1${end}Host: a${end}X-Amz-Target: TrentService.ListKeys${end}${headers}${end}${end}${body}`,
    'latin1',
  )
const length = 'Content-Length: 2'

/** Reads as a careless parser does: the last Content-Length counts, and nothing else is looked at. */
const careless = (bytes: Buffer, start: number): RequestHead | 'incomplete' => {
  const text = bytes.toString('latin1', start)
  const end = text.search(/\r?\n\r?\n/)
  if (end < 0) return 'incomplete'
  const head = text.slice(0, end)
  const bodyStart = start + end + /\r?\n\r?\n/.exec(text)![0].length
  const size = Number([...head.matchAll(/content-length:\s*(\d+)/gi)].at(-1)?.[1] ?? 0)
  const header = (name: string): string | undefined =>
    new RegExp(`${name}: ([^\\r\\n]*)`, 'i').exec(head)?.[1]
  return {
    target: header('x-amz-target') ?? '',
    authorization: header('authorization'),
    contentType: header('content-type'),
    bodyStart,
    bodyEnd: bodyStart + size,
  }
}

describe('fast parser beside node:http', () => {
  it('2,000 cases of a seed, cut at some byte: what it takes, node:http reads the same', async () => {
    const { findings, taken, pipelined } = await fuzzParsers({ seed: 'test', cases: 2000 })
    expect(findings).to.deep.equal([])
    // The cases are worth something: many are taken, many are not.
    expect(taken).to.be.within(200, 1800)
    expect(pipelined).to.be.greaterThan(50)
  })

  it('a careless parser in its place is caught', async () => {
    let caught = 0
    for (let n = 0; n < 300; n += 1) {
      const bytes = requestBytes(seededRandom(`careless ${n}`))
      if ((await disagreement(bytes, [bytes], careless)) !== undefined) caught += 1
    }
    expect(caught).to.be.greaterThan(10)
  })

  it('a request cut at every byte is read as the whole is', async () => {
    const bytes = whole(`${length}\r\nAuthorization: Credential=a/b/c`)
    for (let cut = 1; cut < bytes.length; cut += 1) {
      expect(await disagreement(bytes, [bytes.subarray(0, cut), bytes.subarray(cut)])).to.equal(undefined)
    }
    expect(prefixDisagreement(bytes)).to.equal(undefined)
    expect(readFast(bytes).taken).to.have.lengthOf(1)
  })

  const left: readonly [what: string, bytes: Buffer][] = [
    ['no length', whole('A: b')],
    ['two lengths that agree', whole(`${length}\r\n${length}`)],
    ['two lengths that don’t', whole(`${length}\r\nContent-Length: 3`)],
    ['a list of lengths', whole('Content-Length: 2, 2')],
    ['a signed length', whole('Content-Length: +2')],
    ['a length with a zero before it', whole('Content-Length: 02')],
    ['a length beyond numbers', whole('Content-Length: 99999999999999999999')],
    ['chunked', whole('Transfer-Encoding: chunked', '0\r\n\r\n')],
    ['chunked and a length', whole(`${length}\r\nTransfer-Encoding: chunked`)],
    ['an expectation', whole(`${length}\r\nExpect: 100-continue`)],
    ['an upgrade', whole(`${length}\r\nConnection: upgrade\r\nUpgrade: h2c`)],
    ['Connection: close', whole(`${length}\r\nConnection: close`)],
    ['bare LF', whole(length, '{}', '\n')],
    ['bare CR', whole(length, '{}', '\r')],
    ['NUL', whole(`${length}\r\nA: b\u0000c`)],
    ['a folded line', whole(`${length}\r\nA: b\r\n c`)],
    ['a tab', whole(`${length}\r\nA:\tb`)],
    ['two spaces', whole('Content-Length:  2')],
    ['a space after the value', whole('Content-Length: 2 ')],
    ['a space before the colon', whole('Content-Length : 2')],
    ['a name of nothing', whole(`${length}\r\n: b`)],
    ['a name beyond ASCII', whole(`${length}\r\n\u00e9: b`)],
    ['no colon', whole(`${length}\r\nA`)],
    ['a second Host', whole(`${length}\r\nHost: b`)],
    ['a second target', whole(`${length}\r\nX-Amz-Target: TrentService.Encrypt`)],
    ['a large head', whole(`${length}\r\nA: ${'b'.repeat(9000)}`)],
    ['many headers', whole(`${length}${'\r\nA: b'.repeat(70)}`)],
    ['an empty line first', Buffer.concat([Buffer.from('\r\n'), whole(length)])],
  ]
  for (const [what, bytes] of left) {
    it(`${what}: left to node:http`, () => {
      expect(readFast(bytes).taken).to.deep.equal([])
    })
  }
})

describe('fast transport beside the plain one, on sockets', () => {
  const servers: KmsServer[] = []
  before(async () => {
    for (const transport of ['fast', 'node'] as const) servers.push(await createKms().listen({ transport }))
  })
  after(() => Promise.all(servers.map((server) => server.close())))

  const outcome = async (server: KmsServer, pieces: readonly Buffer[]): Promise<string[]> => {
    const connection = await rawConnection(server.port)
    for (const piece of pieces) {
      await connection.write(piece)
      await new Promise(setImmediate)
    }
    // When the other side ends, node:http drops the answers that it still owes: first let it be quiet.
    for (let before = -1, now = 0; now > before;) {
      await sleep(10)
      before = now
      now = connection.socket.bytesRead
    }
    connection.socket.end()
    const answers = answersIn(await connection.untilEnd())
    connection.socket.destroy()
    return answers.map(({ status, body }) => `${status} ${/"__type":"(\w+)"/.exec(body)?.[1] ?? ''}`)
  }

  it('300 cases of a seed get the same answers', async () => {
    let compared = 0
    let dropped = 0
    for (let n = 0; n < 300; n += 1) {
      const random = seededRandom(`sockets ${n}`)
      const bytes = requestBytes(random)
      const cut = random.below(bytes.length + 1)
      const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)].filter((piece) => piece.length > 0)
      const [fast, node] = await Promise.all(servers.map((server) => outcome(server, pieces)))
      const what = JSON.stringify(bytes.toString('latin1', 0, 4000))
      // At what it can't parse, node:http (also behind the fast transport) drops the answers that it still owes.
      if (node!.at(-1) === '400 SerializationException' && node!.length !== fast!.length) {
        dropped += 1
        expect(fast!.at(-1), what).to.equal(node!.at(-1))
      } else expect(fast, what).to.deep.equal(node)
      if (fast!.length > 0) compared += 1
    }
    expect(compared).to.be.greaterThan(150)
    expect(dropped).to.be.lessThan(60)
  })
})
