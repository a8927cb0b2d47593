import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { DecryptCommand, EncryptCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms'
import { createKms, maxBodyBytes } from '@sealring/kms-mock'
import type { KmsServer } from '@sealring/kms-mock'
import { expect } from 'chai'
import { after, before, beforeEach, describe, it } from 'mocha'
import { newKey } from '../support/new-key.js'
import { answersIn, rawConnection } from '../support/raw-connection.js'

const request = (operation: string, body = '{}', headers = ''): string =>
  `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-amz-json-1.1\r\nX-Amz-Target: TrentService.${operation}\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

const count =
  (wanted: number) =>
  (received: string): boolean =>
    answersIn(received).length >= wanted

for (const transport of ['fast', 'node'] as const) {
  describe(`connections, ${transport}`, () => {
    const kms = createKms()
    let server: KmsServer
    before(async () => {
      server = await kms.listen({ transport })
    })
    after(() => server.close())
    beforeEach(() => kms.reset())

    it('answers pipelined requests in their order, over one connection', async () => {
      const connection = await rawConnection(server.port)
      await connection.write(request('CreateKey') + request('Nonsense') + request('ListKeys'))
      const answers = answersIn(await connection.until(count(3)))
      expect(answers.map(({ status }) => status)).to.deep.equal([200, 400, 200])
      expect(answers[0]!.body).to.include('KeyMetadata')
      expect(answers[2]!.body).to.include('Keys')
      connection.socket.destroy()
    })

    it('answers a thousand pipelined requests, and reads on though nobody read the answers yet', async () => {
      const connection = await rawConnection(server.port)
      connection.socket.pause()
      await connection.write(request('GenerateRandom', '{"NumberOfBytes":1024}').repeat(1000))
      connection.socket.resume()
      const answers = answersIn(await connection.until(count(1000)))
      expect(answers.every(({ status }) => status === 200)).to.equal(true)
      expect(new Set(answers.map(({ body }) => body)).size).to.equal(1000)
      connection.socket.destroy()
    })

    it('reads no further from who reads no answers, wherever its bytes break off', async () => {
      const connection = await rawConnection(server.port)
      connection.socket.pause()
      const padding = 'x'.repeat(1800)
      const one = Buffer.from(request('GenerateRandom', `{"NumberOfBytes":1024,"Padding":"${padding}"}`))
      const half = one.length >> 1
      const piece = Buffer.concat([
        one.subarray(half),
        ...Array.from({ length: 14 }, () => one),
        one.subarray(0, half),
      ])
      connection.socket.write(one.subarray(0, half))
      let before = -1
      for (let turns = 0; turns < 400 && kms.calls.count() > before; turns += 1) {
        before = kms.calls.count()
        for (let n = 0; n < 40; n += 1) connection.socket.write(piece)
        await sleep(20)
      }
      // Both sides' buffers hold some megabytes of answers, and no more.
      expect(kms.calls.count()).to.equal(before).and.to.be.lessThan(60_000)
      connection.socket.destroy()
    })

    it('answers in order while an answer is waited for, also after the other side has ended', async () => {
      kms.faults.latency(30, { operation: 'CreateKey' })
      const connection = await rawConnection(server.port)
      await connection.write(request('CreateKey') + request('ListKeys'))
      await connection.write(request('Nonsense'))
      const answers = answersIn(await connection.until(count(3)))
      expect(answers.map(({ body }) => body.includes('KeyMetadata'))).to.deep.equal([true, false, false])
      expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 400])
      connection.socket.destroy()
    })

    it('takes a request byte by byte, and cut at each byte', async () => {
      const bytes = request('GenerateRandom', '{"NumberOfBytes":1}')
      const slow = await rawConnection(server.port)
      for (const byte of bytes) await slow.write(byte)
      expect(answersIn(await slow.until(count(1)))[0]!.status).to.equal(200)
      slow.socket.destroy()
      const connection = await rawConnection(server.port)
      for (let cut = 1; cut < bytes.length; cut += 1) {
        await connection.write(bytes.slice(0, cut))
        await new Promise(setImmediate)
        await connection.write(bytes.slice(cut))
        expect(answersIn(await connection.until(count(cut))).at(-1)!.status).to.equal(200)
      }
      connection.socket.destroy()
    })

    it('takes a body as large as allowed, and refuses a larger one', async () => {
      const connection = await rawConnection(server.port)
      const body = JSON.stringify({ NumberOfBytes: 1, padding: '' })
      const padded = body.replace('""', `"${'x'.repeat(maxBodyBytes - body.length)}"`)
      await connection.write(request('GenerateRandom', padded))
      expect(answersIn(await connection.until(count(1)))[0]!.status).to.equal(200)
      await connection.write(request('GenerateRandom', `${padded} `))
      expect(answersIn(await connection.until(count(2)))[1]!.status).to.equal(413)
      connection.socket.destroy()
    })

    it('answers what node:http alone reads, after what the fast parser reads, on one connection', async () => {
      const connection = await rawConnection(server.port)
      await connection.write(request('ListKeys'))
      await connection.until(count(1))
      const chunked = request('ListKeys')
        .replace(/Content-Length: 2/, 'Transfer-Encoding: chunked')
        .replace(/\{\}$/, '2\r\n{}\r\n0\r\n\r\n')
      await connection.write(
        `${request('ListKeys')}${chunked}GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n`,
      )
      const answers = answersIn(await connection.until(count(4)))
      expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200, 200])
      expect(answers[3]!.body).to.equal('{"status":"ok"}')
      await connection.write(request('ListKeys'))
      expect(answersIn(await connection.until(count(5)))[4]!.status).to.equal(200)
      connection.socket.destroy()
    })

    it('honours Connection: close and Expect: 100-continue', async () => {
      const closing = await rawConnection(server.port)
      await closing.write(request('ListKeys', '{}', 'Connection: close\r\n'))
      expect(answersIn(await closing.untilEnd())).to.have.lengthOf(1)
      closing.socket.destroy()
      const expecting = await rawConnection(server.port)
      await expecting.write(
        request('ListKeys', '', 'Expect: 100-continue\r\n').replace('Length: 0', 'Length: 2'),
      )
      expect(await expecting.until((text) => text.includes('\r\n\r\n'))).to.match(/^HTTP\/1\.1 100 /)
      await expecting.write('{}')
      expect(await expecting.until((text) => text.includes('"Keys"'))).to.include('HTTP/1.1 200')
      expecting.socket.destroy()
    })

    it('waits for the rest of a slow request', async () => {
      const connection = await rawConnection(server.port)
      for (const part of [request('ListKeys').slice(0, 50), request('ListKeys').slice(50, -1)]) {
        await connection.write(part)
        // Longer than the fast transport itself waits.
        await sleep(1200)
      }
      await connection.write('}')
      expect(answersIn(await connection.until(count(1)))[0]!.status).to.equal(200)
      connection.socket.destroy()
    })

    it('refuses a request that ends in its midst', async () => {
      for (const cut of [5, 60, request('ListKeys').length - 1]) {
        const connection = await rawConnection(server.port)
        connection.socket.end(request('ListKeys').slice(0, cut))
        const answers = answersIn(await connection.untilEnd())
        expect(answers.map(({ status }) => status)).to.deep.equal([400])
        connection.socket.destroy()
      }
    })

    it('a client that goes away in the midst harms nobody', async () => {
      kms.faults.latency(20, { operation: 'CreateKey', times: 20 })
      for (let n = 0; n < 20; n += 1) {
        const socket = connect(server.port, '127.0.0.1')
        await once(socket, 'connect')
        socket.write(request('CreateKey') + request('ListKeys').slice(0, 30), () => socket.resetAndDestroy())
        await once(socket, 'close')
      }
      expect((await fetch(`${server.url}/health`)).status).to.equal(200)
    })

    it('serves the SDK, many calls at once', async () => {
      const KeyId = await newKey(kms)
      const client = new KMSClient({
        region: 'us-east-1',
        endpoint: server.url,
        credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
      })
      const opened = await Promise.all(
        Array.from({ length: 100 }, async (_, n) => {
          const Plaintext = Buffer.from(`text ${n}`)
          const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId, Plaintext }))
          return Buffer.from(
            (await client.send(new DecryptCommand({ CiphertextBlob }))).Plaintext!,
          ).toString()
        }),
      )
      expect(opened).to.deep.equal(opened.map((_, n) => `text ${n}`))
      client.destroy()
    })

    it('closes: idle connections at once, one with a request under way once it is answered', async () => {
      const closing = await kms.listen({ transport })
      const idle = await rawConnection(closing.port)
      await idle.write(request('ListKeys'))
      await idle.until(count(1))
      const busy = await rawConnection(closing.port)
      kms.faults.latency(100, { operation: 'CreateKey', times: 1 })
      await busy.write(request('CreateKey'))
      const half = await rawConnection(closing.port)
      await half.write(request('ListKeys').slice(0, 40))
      // Another connection's answer: by then what was written before it has been read.
      const later = await rawConnection(closing.port)
      await later.write(request('ListKeys'))
      await later.until(count(1))
      const closed = closing.close()
      const answers = answersIn(await busy.untilEnd())
      expect(answers.map(({ status }) => status)).to.deep.equal([200])
      expect(answers[0]?.head).to.match(/\r\nConnection: close(\r\n|$)/)
      await idle.untilEnd()
      await closed
      await half.untilEnd()
      for (const { socket } of [idle, busy, half, later]) socket.destroy()
    })
  })
}

describe('fast transport', () => {
  it('answers with the very headers of the plain one', async () => {
    const heads = await Promise.all(
      (['fast', 'node'] as const).map(async (transport) => {
        const server = await createKms().listen({ transport })
        const connection = await rawConnection(server.port)
        await connection.write(request('ListKeys'))
        const [answer] = answersIn(await connection.until(count(1)))
        connection.socket.destroy()
        await server.close()
        return answer!.head.replace(/[0-9a-f-]{36}/, 'id').replace(/\d\d:\d\d:\d\d/, 'time')
      }),
    )
    expect(heads[0]).to.equal(heads[1])
    expect(heads[0]).to.match(/\r\nKeep-Alive: timeout=60(\r\n|$)/)
  })

  it('refuses a transport that is none', async () => {
    const refused = await createKms()
      // @ts-expect-error what JavaScript may pass
      .listen({ transport: 'faster' })
      .catch((error: unknown) => error)
    expect(refused).to.have.property('code', 'KMS_OPTION_INVALID')
  })

  it('cuts the connection while a region is down, others of the same server live on', async () => {
    const kms = createKms()
    const server = await kms.listen()
    const clientOf = (region: string): KMSClient =>
      new KMSClient({
        region,
        endpoint: server.url,
        maxAttempts: 1,
        credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
      })
    const [down, up] = [clientOf('us-east-1'), clientOf('eu-west-1')]
    kms.faults.setRegionDown('us-east-1')
    const connection = await rawConnection(server.port)
    const elsewhere =
      'Authorization: AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/kms/aws4_request\r\n'
    await connection.write(request('ListKeys', '{}', elsewhere) + request('ListKeys'))
    expect(answersIn(await connection.untilEnd()).map(({ status }) => status)).to.deep.equal([200])
    connection.socket.destroy()
    const failure: unknown = await down.send(new ListKeysCommand({})).catch((error: unknown) => error)
    expect(failure).to.have.property('code', 'ECONNRESET')
    await up.send(new ListKeysCommand({}))
    down.destroy()
    up.destroy()
    await server.close()
  })
})
