import type { Random } from './random.js'

/** Bytes that parsers stumble over. */
const hostile: readonly Buffer[] = [
  '\0',
  '"',
  '\\',
  '\\u',
  '\\ud800',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  'null',
  'NaN',
  'Infinity',
  '0x1',
  '01',
  '1e999',
  '-',
  '/**/',
  '"__proto__":{"x":1},',
  '"KeyId":"x",',
  '\u2028',
  '\ufeff',
]
  .map((text) => Buffer.from(text))
  .concat([
    Buffer.of(0xff),
    Buffer.of(0xc0, 0x80),
    Buffer.of(0xed, 0xa0, 0x80),
    Buffer.of(0xf4, 0x90, 0x80, 0x80),
    Buffer.of(0xe2),
  ])

const splice = (body: Buffer, at: number, removed: number, inserted: Uint8Array): Buffer =>
  Buffer.concat([body.subarray(0, at), inserted, body.subarray(at + removed)])

const nesting = (open: string, depth: number, close: string): Buffer =>
  Buffer.from(open.repeat(depth) + close.repeat(depth))

/** More than any server takes, rarely: it costs as much as a thousand others. */
const tooMuch = (random: Random, body: Buffer): Buffer =>
  random.chance(0.02) ? Buffer.concat([body, Buffer.alloc(1024 * 1024, ' ')]) : Buffer.concat([body, body])

const mutations: readonly (readonly [string, (random: Random, body: Buffer, at: number) => Buffer])[] = [
  [
    'a bit flipped',
    (random, body, at) => splice(body, at, 1, Buffer.of((body[at] ?? 0) ^ (1 << random.index(8)))),
  ],
  [
    'a bit flipped',
    (random, body, at) => splice(body, at, 1, Buffer.of((body[at] ?? 0) ^ (1 << random.index(8)))),
  ],
  ['cut', (_random, body, at) => body.subarray(0, at)],
  ['the beginning cut', (_random, body, at) => body.subarray(at)],
  ['bytes removed', (random, body, at) => splice(body, at, 1 + random.index(20), Buffer.alloc(0))],
  ['bytes inserted', (random, body, at) => splice(body, at, 0, random.pick(hostile))],
  ['bytes inserted', (random, body, at) => splice(body, at, 0, random.pick(hostile))],
  ['random bytes inserted', (random, body, at) => splice(body, at, 0, random.bytes(1 + random.index(8)))],
  ['a part repeated', (random, body, at) => splice(body, at, 0, body.subarray(at, at + random.index(40)))],
  ['a byte order mark', (_random, body) => Buffer.concat([Buffer.from('\ufeff'), body])],
  ['in UTF-16', (_random, body) => Buffer.from(body.toString(), 'utf16le')],
  ['spaces around', (_random, body) => Buffer.concat([Buffer.from(' \t\r\n'), body, Buffer.from('\n\n')])],
  [
    'a member twice',
    (_random, body) => Buffer.concat([body.subarray(0, 1), Buffer.from('"KeyId":1,'), body.subarray(1)]),
  ],
  [
    'all members twice',
    (_random, body) => Buffer.concat([body.subarray(0, -1), Buffer.from(','), body.subarray(1)]),
  ],
  ['twice', tooMuch],
  ['empty', () => Buffer.alloc(0)],
  ['deep lists', (random) => nesting('[', random.pick([100, 10_000, 200_000]), ']')],
  ['deep objects', (random) => nesting('{"KeyId":', random.pick([100, 10_000, 50_000]), '}')],
  [
    'another document',
    (random) =>
      Buffer.from(random.pick(['null', 'true', '0', '""', '[]', '[{}]', '{', '"{}"', '<x/>', 'a=b&c=d'])),
  ],
]

/** Changes a body without regard to what it means. */
export const mutateBytes = (random: Random, body: Buffer): [string, Buffer] => {
  const [what, change] = random.pick(mutations)
  return [what, change(random, body, random.index(body.length + 1))]
}
