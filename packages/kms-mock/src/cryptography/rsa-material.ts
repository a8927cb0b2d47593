import { createPrivateKey, generateKeyPair } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { fromBigInt, modInverse, toBigInt } from './big-integers.js'
import { keyObjectsOf, normalisedPkcs8 } from './key-objects.js'
import type { MaterialKind } from './material-kind.js'
import { derivePrime, isPrime } from './prime.js'

const publicExponent = 65_537n

const base64url = (value: bigint): string =>
  fromBigInt(value, Math.ceil(value.toString(16).length / 2)).toString('base64url')

const encode = (p: bigint, q: bigint): Buffer => {
  const d = modInverse(publicExponent, (p - 1n) * (q - 1n))
  const numbers = {
    n: p * q,
    e: publicExponent,
    d,
    p,
    q,
    dp: d % (p - 1n),
    dq: d % (q - 1n),
    qi: modInverse(q, p),
  }
  const key = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, base64url(value)]))
  return createPrivateKey({ key: { kty: 'RSA', ...key }, format: 'jwk' }).export({
    format: 'der',
    type: 'pkcs8',
  })
}

/**
 * Whether the numbers of a private key belong together (RFC 8017, section 3.2, with two primes). OpenSSL
 * reads any, and works around wrong ones without a word.
 */
const consistent = async (key: KeyObject): Promise<boolean> => {
  const jwk = key.export({ format: 'jwk' })
  const number = (name: 'n' | 'e' | 'd' | 'p' | 'q' | 'dp' | 'dq' | 'qi'): bigint =>
    toBigInt(Buffer.from(jwk[name] ?? '', 'base64url'))
  const [p, q, d] = [number('p'), number('q'), number('d')]
  if (p < 2n || q < 2n || p * q !== number('n')) return false
  const matches = [p, q].every((prime) => (number('e') * d) % (prime - 1n) === 1n)
  const reduced = number('dp') === d % (p - 1n) && number('dq') === d % (q - 1n)
  if (!matches || !reduced || (number('qi') * q) % p !== 1n) return false
  return (await Promise.all([isPrime(p), isPrime(q)])).every(Boolean)
}

/** The material of RSA keys with a modulus of this many bits, public exponent 65537. */
export const rsaMaterial = (bits: number): MaterialKind => ({
  generate: async () => {
    const { privateKey } = await promisify(generateKeyPair)('rsa', {
      modulusLength: bits,
      publicKeyEncoding: { format: 'der', type: 'spki' },
      privateKeyEncoding: { format: 'der', type: 'pkcs8' },
    })
    return privateKey
  },
  derive: async (draw) => {
    const p = await derivePrime(bits / 2, publicExponent, draw)
    const q = await derivePrime(bits / 2, publicExponent, draw)
    return encode(p, q)
  },
  publicKey: (material) => keyObjectsOf(material).publicKey.export({ format: 'der', type: 'spki' }),
  check: async (bytes) => {
    const normalised = normalisedPkcs8(bytes)
    if (normalised === undefined) return undefined
    const { key, pkcs8 } = normalised
    if (key.asymmetricKeyType !== 'rsa' || key.asymmetricKeyDetails?.modulusLength !== bits) return undefined
    return (await consistent(key)) ? pkcs8 : undefined
  },
})
