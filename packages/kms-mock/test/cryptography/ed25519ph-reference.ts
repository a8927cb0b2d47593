import { createHash } from 'node:crypto'

// RFC 8032, sections 5.1 and 6, in affine coordinates: slow, readable, and no code of the library in it.

const p = 2n ** 255n - 19n
const order = 2n ** 252n + 27742317777372353535851937790883648493n

type Point = readonly [bigint, bigint]

const mod = (value: bigint, modulus = p): bigint => ((value % modulus) + modulus) % modulus

const power = (base: bigint, exponent: bigint): bigint => {
  let result = 1n
  for (let [square, rest] = [mod(base), exponent]; rest > 0n; square = mod(square * square), rest >>= 1n)
    if (rest & 1n) result = mod(result * square)
  return result
}

const inverse = (value: bigint): bigint => power(value, p - 2n)
const d = mod(-121665n * inverse(121666n))

const add = ([x1, y1]: Point, [x2, y2]: Point): Point => {
  const product = mod(d * x1 * x2 * y1 * y2)
  return [mod((x1 * y2 + x2 * y1) * inverse(1n + product)), mod((y1 * y2 + x1 * x2) * inverse(1n - product))]
}

const multiply = (scalar: bigint, point: Point): Point => {
  let result: Point = [0n, 1n]
  for (let [double, rest] = [point, scalar]; rest > 0n; double = add(double, double), rest >>= 1n)
    if (rest & 1n) result = add(result, double)
  return result
}

const generator: Point = [
  15112221349535400772501151409588531511454012693041857206046113283949847762202n,
  mod(4n * inverse(5n)),
]

const littleEndian = (bytes: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(bytes.toReversed()).toString('hex')}`)

const encode = (value: bigint): Buffer =>
  Buffer.from(Buffer.from(value.toString(16).padStart(64, '0'), 'hex').toReversed())

const compress = ([x, y]: Point): Buffer => encode(y | ((x & 1n) << 255n))

const sha512 = (...parts: readonly Uint8Array[]): Buffer =>
  createHash('sha512').update(Buffer.concat(parts)).digest()

/** The Ed25519ph signature of a message, with an empty context. */
export const signEd25519ph = (seed: Buffer, message: Buffer): Buffer => {
  const secret = sha512(seed)
  secret[0]! &= 248
  secret[31] = (secret[31]! & 127) | 64
  const scalar = littleEndian(secret.subarray(0, 32))
  const domain = Buffer.concat([Buffer.from('SigEd25519 no Ed25519 collisions'), Buffer.of(1, 0)])
  const hashed = sha512(message)
  const nonce = mod(littleEndian(sha512(domain, secret.subarray(32), hashed)), order)
  const commitment = compress(multiply(nonce, generator))
  const challenge = littleEndian(sha512(domain, commitment, compress(multiply(scalar, generator)), hashed))
  return Buffer.concat([commitment, encode(mod(nonce + challenge * scalar, order))])
}
