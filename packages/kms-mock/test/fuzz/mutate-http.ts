import { bytesOf, withHeader } from './http-request.js'
import type { HttpRequest } from './http-request.js'
import type { Random } from './random.js'

type Change = (random: Random, request: HttpRequest, operations: readonly string[]) => HttpRequest
type Row = readonly [what: string, change: Change]

const header =
  (name: string, values: readonly (string | undefined)[]): Change =>
  (random, request) =>
    withHeader(request, name, random.pick(values))

const oddly =
  (change: Change): Change =>
  (random, request, operations) => ({ ...change(random, request, operations), isOddlyFramed: true })

const scope = (accessKeyId: string, region: string): string =>
  `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/kms/aws4_request, SignedHeaders=host, Signature=0`

/** Headers that leave a request one, for any server. */
const headerRows: readonly Row[] = [
  [
    'another target',
    (random, request, operations) =>
      withHeader(request, 'X-Amz-Target', `TrentService.${random.pick(operations)}`),
  ],
  [
    'an odd target',
    header('X-Amz-Target', [
      undefined,
      'TrentService.',
      'TrentService.Encrypt2',
      'TrentService.encrypt',
      'trentservice.Encrypt',
      'TrentService.constructor',
      'TrentService.toString',
      'TrentService.__proto__',
      'TrentService.ListKeys.ListKeys',
      'DynamoDB_20120810.GetItem',
      'TrentService',
      `TrentService.${'a'.repeat(5000)}`,
      'TrentService.List Keys',
    ]),
  ],
  [
    'an odd media type',
    header('Content-Type', [
      undefined,
      'application/json',
      'application/x-amz-json-1.0',
      'application/x-amz-json-1.1; charset=utf-8',
      'APPLICATION/X-AMZ-JSON-1.1',
      'application/x-www-form-urlencoded',
      'application/cbor',
      'application/x-amz-json-1.1x',
      '; ; ;',
    ]),
  ],
  [
    'another caller',
    header('Authorization', [
      undefined,
      'x',
      'Bearer abc',
      'Basic YTpi',
      scope('444455556666', 'us-east-1'),
      scope('111122223333', 'eu-west-1'),
      scope('111122223333', 'cn-north-1'),
      scope('AKID', 'US EAST'),
      scope('AKID', 'UPPER'),
      scope('AKID', '__proto__'),
      scope('a'.repeat(300), 'us-east-1'),
      `AWS4-HMAC-SHA256 ${'Credential='.repeat(600)}`,
      `Credential=${'a/'.repeat(3000)}`,
    ]),
  ],
  [
    'more headers',
    (random, request) => ({
      ...request,
      headers: [
        ...request.headers,
        ...Array.from({ length: random.pick([1, 60, 100]) }, (_value, n): [string, string] => [
          `X-Extra-${n}`,
          'x',
        ]),
      ],
    }),
  ],
]

const oddValues = ['\0', 'é', '\x7f', '\t', ' x ', '', 'a\rb', 'a\nb', 'x'.repeat(9000), 'x'.repeat(40_000)]

/** What a server may take for another request, for several, or for none. */
const framingRows: readonly Row[] = [
  [
    'another method',
    (random, request) => ({
      ...request,
      method: random.pick([
        'GET',
        'PUT',
        'HEAD',
        'OPTIONS',
        'DELETE',
        'PATCH',
        'TRACE',
        'CONNECT',
        'PRI',
        'post',
        'P',
        '',
        'PO ST',
        '\0',
      ]),
    }),
  ],
  [
    'another path',
    (random, request) => ({
      ...request,
      path: random.pick([
        '//',
        '/?a=b',
        '/index.html',
        '/health',
        '/health/../',
        '/calls',
        '/clock',
        '/reset/',
        '*',
        '',
        'http://127.0.0.1/',
        'http://[::1/',
        '/%00',
        '/%',
        '/é',
        '/ x',
        `/${'a'.repeat(20_000)}`,
      ]),
    }),
  ],
  [
    'another version',
    (random, request) => ({
      ...request,
      version: random.pick(['HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'HTTP/1.2', 'http/1.1', 'HTTP', '']),
    }),
  ],
  [
    'another length',
    (random, request) => {
      const { length } = request.body
      return withHeader(
        request,
        'Content-Length',
        random.pick([
          String(length + 1 + random.index(50)),
          String(Math.max(0, length - 1 - random.index(50))),
          '0',
          '-1',
          '99999999999999999999',
          '1048577',
          '0x10',
          `+${length}`,
          `0${length}`,
          `${length}, ${length}`,
          'abc',
          '',
        ]),
      )
    },
  ],
  ['no length', (_random, request) => withHeader(request, 'No-Length', 'x')],
  [
    'two lengths',
    (random, request) => ({
      ...request,
      headers: [
        ...request.headers,
        ['Content-Length', String(request.body.length)],
        ['Content-Length', String(request.body.length + random.index(2))],
      ],
    }),
  ],
  [
    'chunked',
    (random, request) => {
      const { body } = request
      const size = random.pick([
        body.length.toString(16),
        'g',
        '-1',
        'ffffffffffffffff',
        (body.length + 1).toString(16),
      ])
      const text = Buffer.concat([
        Buffer.from(`${size};x=y\r\n`),
        body,
        Buffer.from(random.pick(['\r\n0\r\n\r\n', '\r\n0\r\nX: y\r\n\r\n', '', '0\r\n'])),
      ])
      return withHeader(
        { ...request, body: text },
        'Transfer-Encoding',
        random.pick(['chunked', 'chunked', 'identity', 'gzip, chunked', 'x']),
      )
    },
  ],
  ['an expectation', header('Expect', ['100-continue', '200-ok', ''])],
  [
    'another connection',
    (random, request) =>
      withHeader(
        withHeader(request, 'Connection', random.pick(['close', 'upgrade', 'Upgrade, HTTP2-Settings', ''])),
        'Upgrade',
        random.pick(['h2c', 'websocket', undefined]),
      ),
  ],
  ['no host', header('Host', [undefined, '', 'a b', 'x\0'])],
  [
    'an odd header value',
    (random, request) =>
      withHeader(
        request,
        random.pick(['X-Amz-Target', 'Content-Type', 'Authorization', 'X-Extra']),
        random.pick(oddValues),
      ),
  ],
  [
    'a header twice',
    (random, request) => {
      const [name, value] = random.pick(request.headers)
      return { ...request, headers: [...request.headers, [name, random.pick([value, 'x'])]] }
    },
  ],
  [
    'very many headers',
    (random, request) => ({
      ...request,
      headers: [
        ...Array.from({ length: random.pick([65, 1000, 3000]) }, (_value, n): [string, string] => [
          `x${n}`,
          'x',
        ]),
        ...request.headers,
      ],
    }),
  ],
  [
    'bytes changed in the whole request',
    (random, request) => {
      const raw = Buffer.from(bytesOf(request))
      const at = random.index(Math.min(raw.length, 400))
      const removed = random.pick([0, 1, 1, 5])
      const inserted = random.pick([
        Buffer.alloc(0),
        random.bytes(1),
        Buffer.from('\r\n'),
        Buffer.from('\n'),
        Buffer.from(': '),
      ])
      return { ...request, raw: Buffer.concat([raw.subarray(0, at), inserted, raw.subarray(at + removed)]) }
    },
  ],
  [
    'cut',
    (random, request) => {
      const raw = bytesOf(request)
      return { ...request, raw: raw.subarray(0, random.index(raw.length)) }
    },
  ],
  [
    'no HTTP',
    (random, request) => ({
      ...request,
      raw: random.pick([Buffer.from('\r\n\r\n'), Buffer.from('\x16\x03\x01\x02\0\x01\0'), random.bytes(50)]),
    }),
  ],
  ['twice', (_random, request) => ({ ...request, raw: Buffer.concat([bytesOf(request), bytesOf(request)]) })],
]

/** Changes headers that say what is called, and by whom. */
export const mutateHeaders = (
  random: Random,
  request: HttpRequest,
  operations: readonly string[],
): [string, HttpRequest] => {
  const [what, change] = random.pick(headerRows)
  return [what, change(random, request, operations)]
}

/** Changes what makes a request one. */
export const mutateFraming = (random: Random, request: HttpRequest): [string, HttpRequest] => {
  const [what, change] = random.pick(framingRows)
  return [what, oddly(change)(random, request, [])]
}
