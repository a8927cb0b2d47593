import { derInteger, derSignature, signerFor } from './deterministic-signer.js'
import { uint16 } from './draft.js'
import type { FuzzSuite } from './fuzz-suites.js'
import { flipBits, spoilBytes } from './mutation.js'
import { hostileNumber, type Random } from './random.js'
import { footerEnd } from './reauthenticate.js'
import { walkMessage } from './walk-message.js'

type Curve = NonNullable<FuzzSuite['curve']>
type Der = (signed: Buffer, curve: Curve, random: Random) => Buffer

function tlv(tag: number, content: Buffer, length = content.length): Buffer {
  return Buffer.concat([Buffer.from([tag, length & 0xff]), content])
}

function right(signed: Buffer, curve: Curve): Buffer {
  const { r, s } = signerFor(curve).sign(signed)
  return derSignature(r, s)
}

/** Signatures that would fit, written in ways that DER doesn't know, and some that would not fit. */
const derForms: Readonly<Record<string, Der>> = {
  'the other s': (signed, curve) => {
    const { sign, order } = signerFor(curve)
    const { r, s } = sign(signed)
    return derSignature(r, order - s)
  },
  'r and s swapped': (signed, curve) => {
    const { r, s } = signerFor(curve).sign(signed)
    return derSignature(s, r)
  },
  'r or s beyond the order': (signed, curve, random) => {
    const { sign, order } = signerFor(curve)
    const { r, s } = sign(signed)
    return random.chance(0.5) ? derSignature(r + order, s) : derSignature(r, s + order)
  },
  'zero or one': (_signed, curve, random) => {
    const { order } = signerFor(curve)
    const values = [0n, 1n, order, order - 1n]
    return derSignature(random.pick(values), random.pick(values))
  },
  'long form of lengths': (signed, curve) => {
    const der = right(signed, curve)
    return Buffer.concat([Buffer.from([0x30, 0x81, der.length - 2]), der.subarray(2)])
  },
  'indefinite length': (signed, curve) => {
    const der = right(signed, curve)
    return Buffer.concat([Buffer.from([0x30, 0x80]), der.subarray(2), Buffer.from([0, 0])])
  },
  'integers with leading zeros': (signed, curve) => {
    const { r, s } = signerFor(curve).sign(signed)
    const padded = tlv(0x02, Buffer.concat([Buffer.from([0]), derInteger(r).subarray(2)]))
    return tlv(0x30, Buffer.concat([padded, derInteger(s)]))
  },
  'a negative integer': (signed, curve) => {
    const { r, s } = signerFor(curve).sign(signed)
    const negative = derInteger(r).subarray(2)
    negative[0] = 0x80 | negative[0]!
    return tlv(0x30, Buffer.concat([tlv(0x02, negative), derInteger(s)]))
  },
  'bytes behind the integers': (signed, curve, random) =>
    tlv(0x30, Buffer.concat([right(signed, curve).subarray(2), random.bytes(random.between(1, 4))])),
  'bytes behind the sequence': (signed, curve, random) =>
    Buffer.concat([right(signed, curve), random.bytes(random.between(1, 4))]),
  'raw r and s': (signed, curve) => {
    const { r, s } = signerFor(curve).sign(signed)
    const digits = curve === 'P-384' ? 96 : 64
    return Buffer.from(r.toString(16).padStart(digits, '0') + s.toString(16).padStart(digits, '0'), 'hex')
  },
  'of fewer bytes': (signed, curve, random) => right(signed.subarray(0, random.index(signed.length)), curve),
  'of the other curve': (signed, curve) => right(signed, curve === 'P-384' ? 'P-256' : 'P-384'),
  'a tag or a length of DER': (signed, curve, random) => {
    const der = right(signed, curve)
    const at = random.pick([0, 1, 2, 3, 4 + der[3]!, 5 + der[3]!])
    der[at] = hostileNumber(random, 8, der[at]!)
    return der
  },
  'a flipped bit': (signed, curve, random) => flipBits(right(signed, curve), random, 1),
  spoiled: (signed, curve, random) => spoilBytes(right(signed, curve), random),
  nothing: () => Buffer.alloc(0),
}

export const footerForms = Object.keys(derForms)

/**
 * Another signature in the footer, or another length in front of it. A message without a complete body, or of a suite
 * that doesn't sign, gets the footer at its end.
 */
export function spoilFooter(message: Buffer, random: Random, form: string): Buffer {
  const walked = walkMessage(message)
  const start = walked?.bodyEnd ?? message.length
  const signed = message.subarray(0, start)
  const der = derForms[form]!(signed, walked?.header.suite.curve ?? 'P-256', random)
  const stated = random.chance(0.9) ? der.length : hostileNumber(random, 16, der.length)
  const behind = walked?.header.suite.curve === undefined ? start : footerEnd(message, start)
  return Buffer.concat([signed, uint16(stated), der, message.subarray(behind)])
}
