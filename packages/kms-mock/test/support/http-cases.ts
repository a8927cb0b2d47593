import { createHash } from 'node:crypto'

/** Draws of a seed: the same in each run. */
export interface Random {
  below(limit: number): number
  pick<T>(items: readonly T[]): T
}

/** Makes them; a hash of a counter needs no more care than a test has. */
export const seededRandom = (seed: string): Random => {
  let counter = 0
  let block = Buffer.alloc(0)
  const next = (): number => {
    if (block.length < 4) block = createHash('sha256').update(`${seed} ${counter++}`).digest()
    const value = block.readUInt32BE()
    block = block.subarray(4)
    return value
  }
  const below = (limit: number): number => next() % limit
  return { below, pick: (items) => items[below(items.length)]! }
}

const names = [
  'Host',
  'Content-Length',
  'content-length',
  'X-Amz-Target',
  'Authorization',
  'Content-Type',
  'Connection',
  'Transfer-Encoding',
  'Expect',
  'Upgrade',
  'Trailer',
  'TE',
  'Keep-Alive',
  'Proxy-Connection',
  'HTTP2-Settings',
  'X-Custom',
  'x_y',
  '__proto__',
  'Con\u0000nection',
  'Content Length',
  'Content-Length ',
  ' Content-Length',
  'Content_Length',
  '\u00e9',
  'a~b',
  '',
]
const values = [
  '0',
  '2',
  '02',
  '+2',
  '2, 2',
  '0x2',
  '2 ',
  '\t2',
  '-1',
  '99999999999999999999',
  'keep-alive',
  'Keep-Alive',
  'close',
  'upgrade',
  'keep-alive, close',
  'chunked',
  'Chunked',
  'identity',
  'gzip, chunked',
  '100-continue',
  'h2c',
  'websocket',
  'trailers',
  '',
  ' ',
  'a\tb',
  'a\u0000b',
  'a\rb',
  'a\nb',
  'a\r\n b',
  'a\r\n\tb',
  '\u00ff',
  '\u007f',
  'TrentService.ListKeys',
  'application/x-amz-json-1.1',
]
const lines = [
  'POST / HTTP/1.1',
  'POST / HTTP/1.0',
  'POST / HTTP/1.2',
  'POST / HTTP/2.0',
  'POST  / HTTP/1.1',
  'POST /  HTTP/1.1',
  'POST / HTTP/1.1 ',
  ' POST / HTTP/1.1',
  '\r\nPOST / HTTP/1.1',
  '\nPOST / HTTP/1.1',
  'post / HTTP/1.1',
  'GET / HTTP/1.1',
  'PUT / HTTP/1.1',
  'HEAD / HTTP/1.1',
  'CONNECT a:1 HTTP/1.1',
  'POST /x HTTP/1.1',
  'POST /?a HTTP/1.1',
  'POST http://a/ HTTP/1.1',
  'POST * HTTP/1.1',
  'POST /\u0000 HTTP/1.1',
  'PRI * HTTP/2.0',
]
const ends = ['\r\n', '\n', '\r', '\r\r\n', '\n\r']

type Header = [name: string, value: string]

const render = (line: string, headers: Header[], body: string, random: Random, odd: boolean): string => {
  const end = (): string => (odd && random.below(12) === 0 ? random.pick(ends) : '\r\n')
  const gap = (): string => (odd && random.below(8) === 0 ? random.pick(['', '  ', '\t', ' \t ']) : ' ')
  const fields = headers.map(([name, value]) => `${name}:${gap()}${value}${end()}`).join('')
  return `${line}${end()}${fields}${end()}${body}`
}

const oneRequest = (random: Random): string => {
  const body = random.pick(['', '{}', '{"Limit":1}', 'x'.repeat(random.below(300))])
  const headers: Header[] = [
    ['Host', 'localhost'],
    ['Content-Type', 'application/x-amz-json-1.1'],
    ['X-Amz-Target', `TrentService.${random.pick(['ListKeys', 'GenerateRandom', 'Nonsense'])}`],
    ['Content-Length', `${body.length}`],
    ['Authorization', 'AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/kms/aws4_request, Signature=0'],
    ['User-Agent', 'aws-sdk-js/3.0.0 md/nodejs#20'],
  ]
  if (random.below(2) === 0) headers.push(['Connection', 'keep-alive'])
  const changes = random.pick([0, 0, 0, 1, 1, 2, 3])
  const odd = random.below(3) === 0
  let line = 'POST / HTTP/1.1'
  const change: (() => void)[] = [
    () => void headers.push([random.pick(names), random.pick(values)]),
    () => void headers.splice(random.below(headers.length), 1),
    () => void headers.splice(random.below(headers.length), 0, [random.pick(names), random.pick(values)]),
    () => void (headers[random.below(headers.length)]![1] = random.pick(values)),
    () => void (headers[random.below(headers.length)]![0] = random.pick(names)),
    () => void headers.push(headers[random.below(headers.length)]!),
    () => void (line = random.pick(lines)),
    () => void headers.push([`X-${'n'.repeat(random.below(100))}`, 'v'.repeat(random.below(9000))]),
    () => {
      for (let n = random.below(80); n >= 0; n -= 1) headers.push([`x-${n}`, 'v'])
    },
    () => void headers.push(['Content-Length', `${body.length + random.below(3)}`]),
    () => headers.unshift(headers.pop()!),
  ]
  for (let n = 0; n < changes; n += 1) random.pick(change)()
  return render(line, headers, body, random, odd)
}

const damaged = (text: string, random: Random): string => {
  const at = random.below(text.length + 1)
  return text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + random.below(2))
}

/** Bytes for one connection: one to four requests in a row, valid, unusual or damaged. */
export const requestBytes = (random: Random): Buffer => {
  let text = ''
  for (let n = random.pick([1, 1, 2, 4]); n > 0; n -= 1) text += oneRequest(random)
  for (let n = random.pick([0, 0, 1, 3]); n > 0; n -= 1) text = damaged(text, random)
  return Buffer.from(text, 'latin1')
}
