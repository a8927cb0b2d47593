import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { createKms, maxBodyBytes } from '@sealring/kms-mock'
import type { KmsServer } from '@sealring/kms-mock'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { after, before, describe, it } from 'mocha'
import { codeOf } from './support/caught.js'
import { newKey } from './support/new-key.js'

const target = (operation: string): Record<string, string> => ({
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-target': `TrentService.${operation}`,
})
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

const credential = (accessKeyId: string, region: string): Record<string, string> => ({
  authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/kms/aws4_request, SignedHeaders=host, Signature=00`,
})

for (const transport of ['fast', 'node'] as const) {
  describe(`HTTP, ${transport}`, () => {
    const kms = createKms()
    let server: KmsServer
    let KeyId: string

    before(async () => {
      server = await kms.listen({ transport })
      KeyId = await newKey(kms)
    })
    after(() => server.close())

    interface Answer {
      status: number
      json: Record<string, unknown>
      headers: Headers
    }
    const send = async (init: RequestInit, path = '/'): Promise<Answer> => {
      const response = await fetch(`${server.url}${path}`, { method: 'POST', ...init })
      const json: unknown = await response.json()
      if (!isRecord(json)) throw new Error('the answer is no JSON object')
      return { status: response.status, json, headers: response.headers }
    }
    const raw = async (bytes: string | Buffer): Promise<string> => {
      const socket = connect(server.port, '127.0.0.1')
      socket.end(bytes)
      return text(socket)
    }

    it('answers AwsJson 1.1: epoch seconds, base64, a request id', async () => {
      const described = await send({ headers: target('DescribeKey'), body: JSON.stringify({ KeyId }) })
      expect(described.status).to.equal(200)
      expect(described.headers.get('content-type')).to.equal('application/x-amz-json-1.1')
      expect(described.headers.get('x-amzn-requestid')).to.match(/^[0-9a-f-]{36}$/)
      expect(described.json)
        .to.have.nested.property('KeyMetadata.CreationDate')
        .that.is.closeTo(Date.now() / 1000, 60)
      const Plaintext = Buffer.from('x').toString('base64')
      const sealed = await send({ headers: target('Encrypt'), body: JSON.stringify({ KeyId, Plaintext }) })
      const opened = await send({ headers: target('Decrypt'), body: JSON.stringify(sealed.json) })
      expect(opened.json).to.include({ Plaintext })
    })

    it('errors have a type and a message', async () => {
      const { status, json } = await send({ headers: target('DescribeKey'), body: '{"KeyId":"nonsense"}' })
      expect(status).to.equal(400)
      expect(json).to.deep.equal({ __type: 'NotFoundException', message: "Invalid keyId 'nonsense'" })
    })

    it('takes unsigned requests, and region and account from a signature', async () => {
      const created = async (headers: Record<string, string>): Promise<unknown> => {
        const { json } = await send({ headers: { ...target('CreateKey'), ...headers } })
        return json['KeyMetadata']
      }
      const arn = (place: string): RegExp => new RegExp(`^arn:aws:kms:${place}:key/`)
      expect(await created({}))
        .to.have.property('Arn')
        .that.matches(arn('us-east-1:111122223333'))
      expect(await created(credential('AKIDEXAMPLE', 'eu-west-3')))
        .to.have.property('Arn')
        .that.matches(arn('eu-west-3:111122223333'))
      expect(await created(credential('444455556666', 'eu-west-3')))
        .to.have.property('Arn')
        .that.matches(arn('eu-west-3:444455556666'))
      expect(await created({ authorization: 'Bearer nonsense' }))
        .to.have.property('Arn')
        .that.matches(arn('us-east-1:111122223333'))
      const { status, json } = await send({
        headers: { ...target('CreateKey'), ...credential('AKID', 'US%20EAST') },
      })
      expect([status, json['__type']]).to.deep.equal([400, 'IncompleteSignatureException'])
    })

    it('GET /health says ok', async () => {
      const response = await fetch(`${server.url}/health`)
      expect([response.status, await response.json()]).to.deep.equal([200, { status: 'ok' }])
    })

    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`
    const garbage: readonly [what: string, init: RequestInit, path: string, status: number, type: string][] =
      [
        ['no target', { body: '{}' }, '/', 400, 'UnknownOperationException'],
        ['an unknown operation', { headers: target('Nonsense') }, '/', 400, 'UnknownOperationException'],
        [
          'another service',
          { headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' } },
          '/',
          400,
          'UnknownOperationException',
        ],
        [
          'a name of Object.prototype',
          { headers: target('toString') },
          '/',
          400,
          'UnknownOperationException',
        ],
        ['GET', { method: 'GET', headers: target('ListKeys') }, '/', 400, 'UnknownOperationException'],
        [
          'PUT',
          { method: 'PUT', headers: target('ListKeys'), body: '{}' },
          '/',
          400,
          'UnknownOperationException',
        ],
        ['another path', { headers: target('ListKeys') }, '/nowhere', 400, 'UnknownOperationException'],
        [
          'Smithy RPC v2 CBOR',
          { headers: { 'smithy-protocol': 'rpc-v2-cbor' }, body: Buffer.from([0xa0]) },
          '/service/TrentService/operation/ListKeys',
          400,
          'UnknownOperationException',
        ],
        [
          'AWS Query with a target',
          {
            headers: { ...target('ListKeys'), 'content-type': 'application/x-www-form-urlencoded' },
            body: 'Action=ListKeys',
          },
          '/',
          400,
          'UnknownOperationException',
        ],
        [
          'plain JSON',
          { headers: { ...target('ListKeys'), 'content-type': 'application/json' }, body: '{}' },
          '/',
          400,
          'UnknownOperationException',
        ],
        [
          'another version of the protocol',
          { headers: { ...target('ListKeys'), 'content-type': 'application/x-amz-json-1.10' }, body: '{}' },
          '/',
          400,
          'UnknownOperationException',
        ],
        ['AWS Query', { body: 'Action=ListKeys&Version=2014-11-01' }, '/', 400, 'UnknownOperationException'],
        ['no JSON', { headers: target('ListKeys'), body: 'hunter2' }, '/', 400, 'SerializationException'],
        [
          'JSON that is no structure',
          { headers: target('ListKeys'), body: '"hunter2"' },
          '/',
          400,
          'SerializationException',
        ],
        [
          'invalid UTF-8',
          { headers: target('ListKeys'), body: Buffer.from([0x7b, 0xff, 0x7d]) },
          '/',
          400,
          'SerializationException',
        ],
        ['deep nesting', { headers: target('ListKeys'), body: deep }, '/', 400, 'SerializationException'],
        [
          'too much',
          { headers: target('ListKeys'), body: Buffer.alloc(maxBodyBytes + 1, 0x20) },
          '/',
          413,
          'RequestEntityTooLargeException',
        ],
        [
          'far too much',
          { headers: target('ListKeys'), body: Buffer.alloc(10 * maxBodyBytes) },
          '/',
          413,
          'RequestEntityTooLargeException',
        ],
      ]
    for (const [what, init, path, status, type] of garbage) {
      it(`${what}: ${status} ${type}`, async () => {
        const answer = await send(init, path)
        expect(answer.status).to.equal(status)
        expect(answer.json['__type']).to.equal(type)
        expect(answer.json['message']).to.be.a('string').that.does.not.include('hunter2')
      })
    }

    it('what is no HTTP gets 400', async () => {
      for (const bytes of [
        '\x16\x03\x01\x02\x00\x01',
        'nonsense\r\n\r\n',
        'POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n',
        `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n\r\n`,
      ]) {
        const answer = await raw(bytes)
        expect(answer.slice(0, 12)).to.equal('HTTP/1.1 400')
        expect(answer).to.match(/\r\n\r\n\{"__type":"SerializationException"/)
      }
    })

    it('thousands of mutations of valid requests: no 5xx, and a valid request succeeds after them', async function () {
      this.timeout(60_000)
      const seeds = [
        ['Encrypt', JSON.stringify({ KeyId, Plaintext: 'eA==', EncryptionContext: { a: 'b' } })],
        ['CreateKey', JSON.stringify({ Tags: [{ TagKey: 'a', TagValue: 'b' }], Policy: '{"Statement":[]}' })],
        ['ListKeys', JSON.stringify({ Limit: 3, Marker: 'YWZ0ZXI6' })],
        ['ScheduleKeyDeletion', JSON.stringify({ KeyId: 'x', PendingWindowInDays: 7 })],
        ['Decrypt', JSON.stringify({ CiphertextBlob: 'AQID', EncryptionContext: {} })],
      ] as const
      const mutation = fc.record({
        seed: fc.constantFrom(...seeds),
        at: fc.nat(),
        cut: fc.nat(6),
        insert: fc.oneof(
          fc.constantFrom(
            '"',
            '{',
            '}',
            '[',
            ']',
            'null',
            '1e999',
            '-0',
            '\\ud800',
            '\u0000',
            '"__proto__":',
          ),
          fc.string(),
        ),
      })
      await fc.assert(
        fc.asyncProperty(mutation, async ({ seed: [operation, body], at, cut, insert }) => {
          const place = at % body.length
          const mutated = body.slice(0, place) + insert + body.slice(place + cut)
          const { status, json } = await send({ headers: target(operation), body: mutated })
          expect(status).to.be.lessThan(500)
          if (status !== 200) expect(json).to.have.all.keys('__type', 'message')
        }),
        { numRuns: 3000, seed: 11, endOnFailure: true },
      )
      const { status } = await send({ headers: target('Encrypt'), body: seeds[0][1] })
      expect(status).to.equal(200)
    })

    it('refuses to listen beyond loopback unless told so', async () => {
      for (const host of ['0.0.0.0', '::', 'example.com', '10.0.0.1']) {
        expect(await codeOf(kms.listen({ transport, host }))).to.equal('KMS_OPTION_INVALID')
      }
      const open = await kms.listen({ transport, host: '0.0.0.0', allowNonLoopback: true })
      expect((await fetch(`http://127.0.0.1:${open.port}/health`)).status).to.equal(200)
      await open.close()
    })

    it('says when a port is taken', async () => {
      expect(await codeOf(kms.listen({ transport, port: server.port }))).to.equal('EADDRINUSE')
    })

    it('takes the region of unsigned requests from its options', async () => {
      const western = await kms.listen({ transport, region: 'us-west-2' })
      const response = await fetch(western.url, { method: 'POST', headers: target('CreateKey') })
      expect(await response.json())
        .to.have.nested.property('KeyMetadata.Arn')
        .that.includes(':us-west-2:')
      await western.close()
    })

    it('closes with the request under way answered, and nothing left listening', async () => {
      const closing = await kms.listen({ transport })
      kms.faults.latency(100, { operation: 'ListKeys', times: 1 })
      const headers = { ...target('ListKeys'), expect: '100-continue' }
      const late = request(closing.url, { method: 'POST', headers, agent: false })
      const answered = once(late, 'response')
      late.flushHeaders()
      // That the server has the request.
      await once(late, 'continue')
      const closed = closing.close()
      late.end()
      const [response] = await answered
      expect(response).to.have.property('statusCode', 200)
      response.resume()
      await closed
      const again = await kms.listen({ transport, port: closing.port })
      await again.close()
    })
  })
}
