import { CreateKeyCommand, EncryptCommand, KMSClient, ListKeysCommand } from '@aws-sdk/client-kms'
import { createClock, createKms } from '@sealring/kms-mock'
import type { KmsServer, RequestLogEntry } from '@sealring/kms-mock'
import { expect } from 'chai'
import { after, before, beforeEach, describe, it } from 'mocha'
import { codeOf, nameOf } from '../support/caught.js'
import { newKey } from '../support/new-key.js'
import { answersIn, rawConnection } from '../support/raw-connection.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const preset = {
  region: 'us-east-1',
  keyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
  material: Buffer.alloc(32, 5).toString('base64'),
  alias: 'alias/preset',
}
const start = Date.parse('2026-03-01T00:00:00Z')

for (const transport of ['fast', 'node'] as const) {
  describe(`administration over HTTP, ${transport}`, () => {
    const entries: RequestLogEntry[] = []
    const kms = createKms({
      seed: 'administration',
      keys: [preset],
      clock: createClock({ start, frozen: true }),
    })
    let server: KmsServer
    let client: KMSClient
    before(async () => {
      server = await kms.listen({ transport, log: (entry) => void entries.push(entry) })
      client = new KMSClient({
        region: 'us-east-1',
        endpoint: server.url,
        maxAttempts: 1,
        credentials: { accessKeyId: '111122223333', secretAccessKey: 'any' },
      })
    })
    after(async () => {
      client.destroy()
      await server.close()
    })
    beforeEach(async () => {
      await kms.reset()
      entries.length = 0
    })
    const ask = async (
      method: string,
      path: string,
      body?: unknown,
    ): Promise<[status: number, json: unknown]> => {
      const response = await fetch(`${server.url}${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      return [response.status, await response.json()]
    }
    const keyIds = async (): Promise<unknown[]> =>
      ((await client.send(new ListKeysCommand({}))).Keys ?? []).map(({ KeyId }) => KeyId)

    it('POST /reset: the preset keys, no others, no faults, no calls, the clock where it began; a seed begins anew', async () => {
      const first = await newKey(kms)
      kms.clock.advance({ days: 3 })
      kms.faults.deny()
      expect(await ask('POST', '/reset')).to.deep.equal([200, {}])
      expect([kms.calls.count(), kms.clock.now()]).to.deep.equal([0, start])
      expect(await keyIds()).to.deep.equal([preset.keyId])
      await client.send(new EncryptCommand({ KeyId: preset.alias, Plaintext: Buffer.from('x') }))
      expect(await newKey(kms)).to.equal(first)
    })

    it('the clock: read, advanced, deletions fall due', async () => {
      expect(await ask('GET', '/clock')).to.deep.equal([200, { now: '2026-03-01T00:00:00.000Z' }])
      const KeyId = await newKey(kms)
      await kms.handle('ScheduleKeyDeletion', { KeyId, PendingWindowInDays: 7 })
      const advanced = await ask('POST', '/clock', { advance: { days: 366, hours: 1 } })
      expect(advanced).to.deep.equal([200, { now: '2027-03-02T01:00:00.000Z' }])
      expect(await keyIds()).to.deep.equal([preset.keyId])
    })

    it('faults: set, spent, cleared', async () => {
      const list = (): Promise<unknown> => client.send(new ListKeysCommand({}))
      expect(await ask('POST', '/faults', { deny: { operation: 'ListKeys', times: 1 } })).to.deep.equal([
        200,
        {},
      ])
      expect(await nameOf(list())).to.equal('AccessDeniedException')
      await list()
      await ask('POST', '/faults', { throttle: {} })
      expect(await nameOf(list())).to.equal('ThrottlingException')
      await ask('DELETE', '/faults')
      await ask('POST', '/faults', { latency: { milliseconds: 30, times: 1 } })
      const began = performance.now()
      await list()
      expect(performance.now() - began).to.be.at.least(29)
      await ask('POST', '/faults', { regionDown: { region: 'us-east-1' } })
      expect(await codeOf(list())).to.equal('ECONNRESET')
      await ask('POST', '/faults', { regionDown: { region: 'us-east-1', down: false } })
      await list()
    })

    it('GET /calls: what was called', async () => {
      await client.send(new ListKeysCommand({}))
      const [status, json] = await ask('GET', '/calls')
      expect(status).to.equal(200)
      expect(json).to.have.property('count', 1)
      expect(json).to.have.nested.property('latest[0].operation', 'ListKeys')
    })

    const refused: readonly [method: string, path: string, body: unknown][] = [
      ['POST', '/clock', { advance: { days: -1 } }],
      ['POST', '/clock', { advance: { days: '1' } }],
      ['POST', '/clock', { advance: { weeks: 1 } }],
      ['POST', '/clock', { advance: { days: 1e300 } }],
      ['POST', '/clock', '{"advance":{"days":1e999}}'],
      ['POST', '/clock', { advance: null }],
      ['POST', '/clock', { advanced: { days: 1 } }],
      ['POST', '/clock', 'null'],
      ['POST', '/clock', '{'],
      ['POST', '/clock', ''],
      ['POST', '/faults', {}],
      ['POST', '/faults', { explode: {} }],
      ['POST', '/faults', { __proto__: null, toString: {} }],
      ['POST', '/faults', { deny: {}, throttle: {} }],
      ['POST', '/faults', { deny: { times: 0 } }],
      ['POST', '/faults', { deny: { operation: 1 } }],
      ['POST', '/faults', { deny: { operations: 'Encrypt' } }],
      ['POST', '/faults', { deny: { operation: 'Encrpyt' } }],
      ['POST', '/faults', { fail: { error: 'Oops' } }],
      ['POST', '/faults', { deny: [] }],
      ['POST', '/faults', { latency: {} }],
      ['POST', '/faults', { latency: { milliseconds: 1e10 } }],
      ['POST', '/faults', { regionDown: {} }],
      ['PUT', '/clock', '{}'],
      ['POST', '/health', '{}'],
      ['POST', '/reset/', '{}'],
    ]
    for (const [method, path, body] of refused) {
      it(`${method} ${path} ${JSON.stringify(body)}: refused as AWS would, without effect`, async () => {
        const [status, json] = await ask(method, path, body)
        expect(status).to.equal(400)
        expect(json).to.have.all.keys('__type', 'message')
        expect(kms.clock.now()).to.equal(start)
        await client.send(new ListKeysCommand({}))
      })
    }

    /** What is answered to a request of these lines, without a body. */
    const answerTo = async (...lines: string[]): Promise<[status: number, type: unknown]> => {
      const connection = await rawConnection(server.port)
      await connection.write([...lines, 'Content-Length: 0', '', ''].join('\r\n'))
      const received = await connection.until((all) => answersIn(all).length > 0)
      connection.socket.destroy()
      const [answer] = answersIn(received)
      const document: unknown = JSON.parse(answer!.body)
      return [answer!.status, Reflect.get(Object(document), '__type')]
    }
    const json = 'Content-Type: application/json'
    const routes = ['GET /health', 'GET /clock', 'GET /calls', 'POST /reset', 'DELETE /faults'] as const

    describe('web pages', () => {
      for (const route of routes) {
        const first = `${route} HTTP/1.1`
        it(`${route} is refused with an Origin, and under a Host that a page may have led here`, async () => {
          await newKey(kms)
          kms.faults.deny({ operation: 'ListKeys' })
          for (const origin of ['https://example.com', 'http://localhost', server.url, 'null']) {
            const answer = await answerTo(first, 'Host: localhost', json, `Origin: ${origin}`)
            expect(answer).to.deep.equal([403, 'AccessDeniedException'])
          }
          const rebound = [
            'a',
            'example.com',
            '127.0.0.1.example.com',
            'localhost.example.com',
            'xlocalhost',
            '',
          ]
          for (const host of rebound) {
            const answer = await answerTo(first, `Host: ${host}`, json)
            expect(answer, host).to.deep.equal([403, 'AccessDeniedException'])
          }
          expect(kms.calls.count()).to.equal(1)
          expect(await nameOf(client.send(new ListKeysCommand({})))).to.equal('AccessDeniedException')
        })

        it(`${route} is served under each name of this machine`, async () => {
          for (const host of ['127.0.0.1', '127.0.0.1:8080', '[::1]:8080', 'LocalHost:80', 'kms.localhost']) {
            expect(await answerTo(first, `Host: ${host}`, json), host).to.deep.equal([200, undefined])
          }
        })
      }

      it('POST takes application/json alone, which a page may not send without a preflight', async () => {
        await newKey(kms)
        const types = [
          undefined,
          'text/plain',
          'text/plain; application/json',
          'application/x-www-form-urlencoded',
          'multipart/form-data; boundary=application/json',
          'application/jsonx',
        ]
        for (const type of types) {
          const header = type === undefined ? [] : [`Content-Type: ${type}`]
          const answer = await answerTo('POST /reset HTTP/1.1', 'Host: localhost', ...header)
          expect(answer, type).to.deep.equal([400, 'ValidationException'])
        }
        expect(kms.calls.count()).to.equal(1)
        const charset = 'Content-Type: Application/JSON; charset=utf-8'
        expect(await answerTo('POST /reset HTTP/1.1', 'Host: localhost', charset)).to.deep.equal([
          200,
          undefined,
        ])
      })

      it('a preflight gets no permission', async () => {
        const response = await fetch(`${server.url}/`, {
          method: 'OPTIONS',
          headers: {
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'x-amz-target',
          },
        })
        expect(response.status).to.equal(400)
        const allowed = [...response.headers.keys()].filter((name) => name.startsWith('access-control-'))
        expect(allowed).to.deep.equal([])
      })

      it('KMS itself refuses a page whose domain leads here, and no others', async () => {
        const list = ['X-Amz-Target: TrentService.ListKeys', 'Content-Type: application/x-amz-json-1.1']
        const post = (...lines: string[]): Promise<unknown> => answerTo('POST / HTTP/1.1', ...lines, ...list)
        expect(await post('Host: example.com', 'Origin: http://example.com')).to.deep.equal([
          403,
          'AccessDeniedException',
        ])
        // An SDK under a name of /etc/hosts, and a page behind the proxy of a development server.
        expect(await post('Host: kms.test')).to.deep.equal([200, undefined])
        expect(await post('Host: localhost:5173', 'Origin: http://localhost:5173')).to.deep.equal([
          200,
          undefined,
        ])
      })

      it('beyond loopback, any Host will do', async () => {
        const open = await kms.listen({ transport, host: '0.0.0.0', allowNonLoopback: true })
        const connection = await rawConnection(open.port)
        await connection.write('GET /health HTTP/1.1\r\nHost: kms\r\n\r\n')
        const received = await connection.until((all) => answersIn(all).length > 0)
        connection.socket.destroy()
        await open.close()
        expect(answersIn(received)[0]!.status).to.equal(200)
      })
    })

    it('log: one entry per request, with what it did and never with what it held', async () => {
      const marker = 'the-secret-marker'
      const { KeyMetadata } = await client.send(new CreateKeyCommand({}))
      await client.send(new EncryptCommand({ KeyId: KeyMetadata!.KeyId, Plaintext: Buffer.from(marker) }))
      await nameOf(client.send(new EncryptCommand({ KeyId: 'nonsense', Plaintext: Buffer.from(marker) })))
      await ask('GET', '/health')
      await ask('POST', '/nowhere', marker)
      kms.faults.setRegionDown('us-east-1')
      await codeOf(client.send(new ListKeysCommand({})))
      const place = { accountId: '111122223333', region: 'us-east-1' }
      const keyArns = [KeyMetadata!.Arn]
      const shown = entries.map(({ time, durationMs, ...entry }) => {
        expect(Number.isNaN(Date.parse(time))).to.equal(false)
        expect(durationMs).to.be.at.least(0)
        return entry
      })
      expect(shown).to.deep.equal([
        { operation: 'CreateKey', ...place, keyArns, status: 200 },
        { operation: 'Encrypt', ...place, keyArns, status: 200 },
        { operation: 'Encrypt', ...place, keyArns: [], status: 400, error: 'NotFoundException' },
        { request: 'GET /health', status: 200 },
        { request: 'POST /nowhere', status: 400, error: 'UnknownOperationException' },
        { operation: 'ListKeys', ...place, keyArns: [], error: 'RegionDownError' },
      ])
      const text = JSON.stringify(entries)
      for (const form of ['utf8', 'base64', 'hex'] as const) {
        expect(text).not.to.include(Buffer.from(marker).toString(form))
      }
    })
  })
}

describe('reset', () => {
  const path = temporaryFolder()

  it('empties the state file too, for every process that shares it', async () => {
    const stateFile = path('state.json')
    const [one, other] = [createKms({ stateFile, keys: [preset] }), createKms({ stateFile })]
    await newKey(one)
    await one.reset()
    expect(await other.handle('ListKeys'))
      .to.have.property('Keys')
      .that.has.lengthOf(1)
  })

  it('brings a running clock back to the present', async () => {
    const kms = createKms()
    kms.clock.advance({ days: 1000 })
    await kms.reset()
    expect(kms.clock.now()).to.be.closeTo(Date.now(), 60_000)
  })
})
