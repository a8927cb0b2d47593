import type { Draft } from './draft.js'
import { hostileNumber, type Random } from './random.js'

/** One way to spoil a message that is still fields. `other` is another valid message, under the same data key. */
export interface DraftMutation {
  readonly name: string
  readonly weight: number
  /** It seals with the keys, so that the message may be authentic. */
  readonly seals?: true
  readonly apply: (draft: Draft, random: Random, other: Draft) => void
}

/** One way to spoil bytes. */
export interface ByteMutation {
  readonly name: string
  readonly weight: number
  readonly apply: (message: Buffer, random: Random, other: Buffer) => Buffer
}

/** Duplicates, removes, swaps, inserts, replaces or repeats items. `foreign`: items of the other message. */
export function editList<Item>(
  list: Item[],
  random: Random,
  copy: (item: Item) => Item,
  make: () => Item,
  foreign: readonly Item[],
): void {
  const at = random.index(list.length + 1)
  const item = list[at]
  const edits: (() => void)[] = [() => void list.splice(at, 0, make())]
  if (foreign.length > 0) {
    edits.push(() => void list.splice(at, random.index(2), copy(random.pick(foreign))))
  }
  if (item !== undefined) {
    edits.push(
      () => void list.splice(at, 1),
      () => void list.splice(random.index(list.length + 1), 0, copy(item)),
      () => void list.splice(random.index(list.length), 0, ...list.splice(at, 1)),
      () => void list.splice(at, 0, ...Array.from({ length: random.between(2, 20) }, () => copy(item))),
      () => void list.splice(at),
      () => void list.splice(0, list.length, ...list.toReversed()),
    )
  }
  random.pick(edits)()
}

/** Other bytes than these, of the same length or not. */
export function spoilBytes(bytes: Buffer, random: Random): Buffer {
  const at = random.index(bytes.length + 1)
  const spoiled: (() => Buffer)[] = [
    () => Buffer.alloc(0),
    () => bytes.subarray(0, at),
    () => Buffer.concat([bytes, random.bytes(random.between(1, 20))]),
    () => random.bytes(bytes.length),
    () => Buffer.alloc(bytes.length, random.pick([0, 0xff])),
    () => Buffer.concat([bytes.subarray(0, at), random.bytes(1), bytes.subarray(at)]),
  ]
  if (bytes.length > 0) {
    spoiled.push(
      () => flipBits(bytes, random, 1),
      () => flipBits(bytes, random, 1),
    )
  }
  return random.pick(spoiled)()
}

export function flipBits(bytes: Buffer, random: Random, count: number): Buffer {
  const flipped = Buffer.from(bytes)
  for (let n = 0; n < count && flipped.length > 0; n += 1) {
    const bit = random.index(flipped.length * 8)
    flipped[bit >> 3]! ^= 1 << (bit & 7)
  }
  return flipped
}

/** Bytes that are no UTF-8, and others that a decoder may trip over. */
const awkwardText = [
  Buffer.from([0xff]),
  Buffer.from([0xc0, 0x80]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xf4, 0x90, 0x80, 0x80]),
  Buffer.from([0xef, 0xbb, 0xbf, 0x61]),
  Buffer.from('a\0b'),
  Buffer.from('\u001b[2J\u202e'),
  Buffer.from('\u00e9'),
  Buffer.from('e\u0301'),
  Buffer.from('__proto__'),
  Buffer.from('aws-crypto-public-key'),
  Buffer.from('aws-kms'),
  Buffer.alloc(300, 'x'),
]

export function hostileText(random: Random): Buffer {
  return random.chance(0.7) ? random.pick(awkwardText) : random.bytes(random.index(12))
}

/** A big-endian integer of some width, changed where it stands. */
export function spoilInteger(message: Buffer, random: Random): Buffer {
  const bits = random.pick([8, 16, 32] as const)
  const width = bits / 8
  if (message.length < width) return message
  const spoiled = Buffer.from(message)
  const at = random.index(message.length - width + 1)
  spoiled.writeUIntBE(hostileNumber(random, bits, message.readUIntBE(at, width)), at, width)
  return spoiled
}
