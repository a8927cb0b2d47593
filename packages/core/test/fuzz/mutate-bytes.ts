import { flipBits, spoilInteger, type ByteMutation } from './mutation.js'
import type { Random } from './random.js'
import { walkMessage } from './walk-message.js'

/** Two places in a message, the first not behind the second. */
function range(message: Buffer, random: Random): [number, number] {
  const a = random.index(message.length + 1)
  const b = random.chance(0.5)
    ? Math.min(message.length, a + random.index(20))
    : random.index(message.length + 1)
  return [Math.min(a, b), Math.max(a, b)]
}

export const byteMutations: readonly ByteMutation[] = [
  { name: 'a flipped bit', weight: 8, apply: (message, random) => flipBits(message, random, 1) },
  {
    name: 'flipped bits',
    weight: 4,
    apply: (message, random) => flipBits(message, random, random.between(2, 16)),
  },
  { name: 'an integer anywhere', weight: 8, apply: spoilInteger },
  {
    name: 'truncated',
    weight: 6,
    apply: (message, random) => message.subarray(0, random.index(message.length + 1)),
  },
  {
    name: 'truncated by a few bytes',
    weight: 3,
    apply: (message, random) => message.subarray(0, Math.max(0, message.length - random.between(1, 40))),
  },
  {
    name: 'extended',
    weight: 4,
    apply: (message, random) =>
      Buffer.concat([
        message,
        random.chance(0.5) ? Buffer.alloc(random.between(1, 50)) : random.bytes(random.between(1, 50)),
      ]),
  },
  {
    name: 'extended by itself or another',
    weight: 2,
    apply: (message, random, other) => Buffer.concat([message, random.chance(0.5) ? message : other]),
  },
  {
    name: 'bytes left out',
    weight: 4,
    apply(message, random) {
      const [start, end] = range(message, random)
      return Buffer.concat([message.subarray(0, start), message.subarray(end)])
    },
  },
  {
    name: 'bytes twice',
    weight: 3,
    apply(message, random) {
      const [start, end] = range(message, random)
      return Buffer.concat([message.subarray(0, end), message.subarray(start)])
    },
  },
  {
    name: 'bytes put in',
    weight: 4,
    apply(message, random) {
      const [at] = range(message, random)
      return Buffer.concat([
        message.subarray(0, at),
        random.bytes(random.between(1, 12)),
        message.subarray(at),
      ])
    },
  },
  {
    name: 'bytes overwritten',
    weight: 4,
    apply(message, random) {
      const [start, end] = range(message, random)
      const spoiled = Buffer.from(message)
      spoiled.fill(random.pick([0, 0xff, random.index(256)]), start, end)
      return spoiled
    },
  },
  {
    name: 'spliced with another',
    weight: 6,
    apply(message, random, other) {
      const cut = random.index(message.length + 1)
      const from = random.chance(0.5) ? cut : random.index(other.length + 1)
      return Buffer.concat([message.subarray(0, cut), other.subarray(from)])
    },
  },
  {
    name: 'a message behind a header',
    weight: 3,
    apply(message, random, other) {
      const header = message.subarray(0, walkMessage(message)?.header.end ?? random.index(message.length + 1))
      const spoiled = random.chance(0.7) ? flipBits(header, random, 1) : header
      return Buffer.concat([spoiled, random.chance(0.5) ? message : other])
    },
  },
  {
    name: 'random bytes behind a start',
    weight: 1,
    apply(message, random) {
      const kept = random.index(60)
      return Buffer.concat([message.subarray(0, kept), random.bytes(random.index(200))])
    },
  },
  {
    name: 'base64 text',
    weight: 1,
    apply: (message, random) => {
      const encoded = Buffer.from(message.toString('base64'))
      return random.chance(0.8) ? encoded : encoded.subarray(0, random.index(5))
    },
  },
]
