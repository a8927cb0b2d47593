import { createSign, createVerify, sign, verify, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { EnvelopeError, KeyringError } from '../errors.js'
import type { AlgorithmSuite } from '../materials/algorithm-suites.js'
import { byteReader, readField } from '../materials/byte-reader.js'
import { isAlone } from './lone-call.js'

type SignatureAlgorithm = NonNullable<AlgorithmSuite['signature']>

const signOnPool = promisify(sign)
const verifyOnPool = promisify(verify)

/** Order of each curve's group (SEC 2). */
const groupOrders: Readonly<Record<SignatureAlgorithm['curve'], bigint>> = {
  prime256v1: BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'),
  secp384r1: BigInt(
    '0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
  ),
}

function required(key: KeyObject | undefined): KeyObject {
  if (key !== undefined) return key
  throw new KeyringError('KEYRING_INVALID', 'The materials have no key for their signature')
}

/** The smaller of s and n − s: both verify, and one content must have one digest. */
function lowS(curve: SignatureAlgorithm['curve'], s: Buffer): Buffer {
  const order = groupOrders[curve]
  const value = BigInt(`0x${s.toString('hex')}`)
  if (value * 2n <= order) return s
  return Buffer.from((order - value).toString(16).padStart(s.length * 2, '0'), 'hex')
}

function derInteger(unsigned: Buffer): Buffer {
  let start = 0
  while (start < unsigned.length - 1 && unsigned[start] === 0) start += 1
  const digits = unsigned.subarray(start)
  const zero = digits[0]! >= 0x80 ? [0] : []
  return Buffer.concat([Buffer.from([0x02, digits.length + zero.length, ...zero]), digits])
}

/** SEQUENCE { r INTEGER, s INTEGER }; under 128 bytes for both curves, so that lengths take one byte. */
function derSignature(r: Buffer, s: Buffer): Buffer {
  const integers = [derInteger(r), derInteger(s)]
  const length = integers[0]!.length + integers[1]!.length
  return Buffer.concat([Buffer.from([0x30, length]), ...integers])
}

/** DER, low-s, from the two integers that node:crypto gives. */
function canonical(curve: SignatureAlgorithm['curve'], raw: Buffer): Buffer {
  const half = raw.length / 2
  return derSignature(raw.subarray(0, half), lowS(curve, raw.subarray(half)))
}

/** The signature over header and body, DER, low-s; made on the thread pool (but see `isAlone`). Throws KEYRING_INVALID. */
export async function signMessage(
  { curve, hash }: SignatureAlgorithm,
  signingKey: KeyObject | undefined,
  signed: Buffer,
): Promise<Buffer> {
  const key = { key: required(signingKey), dsaEncoding: 'ieee-p1363' } as const
  const raw = isAlone(signed) ? sign(hash, signed, key) : await signOnPool(hash, signed, key)
  return canonical(curve, raw)
}

/**
 * Whether the signature fits; checked on the thread pool (but see `isAlone`). High-s signatures of other SDKs are
 * accepted.
 */
export async function verifyMessage(
  { hash }: SignatureAlgorithm,
  verificationKey: KeyObject | undefined,
  signed: Buffer,
  signature: Buffer,
): Promise<boolean> {
  const key = { key: required(verificationKey), dsaEncoding: 'der' } as const
  return isAlone(signed) ? verify(hash, signed, key, signature) : verifyOnPool(hash, signed, key, signature)
}

/** Signs what passes by; the signature itself is made at once, not on the thread pool. */
export function streamSigner({ curve, hash }: SignatureAlgorithm, signingKey: KeyObject | undefined) {
  const key = required(signingKey)
  const signer = createSign(hash)
  return {
    update: (bytes: Buffer): void => void signer.update(bytes),
    sign: (): Buffer => canonical(curve, signer.sign({ key, dsaEncoding: 'ieee-p1363' })),
  }
}

/** Verifies what passes by, likewise. */
export function streamVerifier({ hash }: SignatureAlgorithm, verificationKey: KeyObject | undefined) {
  const key = required(verificationKey)
  const verifier = createVerify(hash)
  return {
    update: (bytes: Buffer): void => void verifier.update(bytes),
    verify: (signature: Buffer): boolean => verifier.verify({ key, dsaEncoding: 'der' }, signature),
  }
}

export function signatureInvalid(): EnvelopeError {
  return new EnvelopeError('SIGNATURE_INVALID', 'The signature does not fit the message')
}

/** data-format/message-footer.md */
export function footer(signature: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(2 + signature.length)
  bytes.set(signature, bytes.writeUInt16BE(signature.length, 0))
  return bytes
}

/** The longest footer: two integers of the curve's size, each with a sign byte, in DER, and its length. */
export function maxFooterLength({ curve }: SignatureAlgorithm): number {
  const integerLength = curve === 'secp384r1' ? 49 : 33
  return 2 + 2 + 2 * (2 + integerLength)
}

/** The signature in the footer (data-format/message-footer.md). Throws MESSAGE_TRUNCATED. */
export function readFooter(message: Buffer, offset: number): { signature: Buffer; end: number } {
  const reader = byteReader(message.subarray(offset), Number.POSITIVE_INFINITY)
  const signature = readField(reader, 'the signature')
  return { signature, end: offset + reader.offset }
}

export function trailingBytes(count: number): EnvelopeError {
  return new EnvelopeError('MESSAGE_TRAILING_BYTES', `${count} bytes follow the message`)
}

/** Throws MESSAGE_TRAILING_BYTES unless the message ends at `end`. */
export function checkEnd(message: Buffer, end: number): void {
  if (end !== message.length) throw trailingBytes(message.length - end)
}
