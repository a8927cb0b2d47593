import { constants, createPrivateKey, generateKeyPair, sign, verify } from 'node:crypto'
import { promisify } from 'node:util'
import { fromBigInt, modInverse, toBigInt } from './big-integers.js'
import { keyObjectsOf, normalisedPkcs8 } from './key-objects.js'
import type { MaterialKind } from './material-kind.js'
import { derivePrime } from './prime.js'

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

/** Whether what the numbers of a private key sign is what its public half verifies, and n = p × q. */
const consistent = (pkcs8: Buffer): boolean => {
  const { privateKey, publicKey } = keyObjectsOf(pkcs8)
  const { n = '', p = '', q = '' } = privateKey.export({ format: 'jwk' })
  const [modulus, first, second] = [n, p, q].map((part) => toBigInt(Buffer.from(part, 'base64url')))
  if (first! * second! !== modulus) return false
  const padding = constants.RSA_PKCS1_PADDING
  const message = Buffer.from('pairwise consistency')
  return verify(
    'sha256',
    message,
    { key: publicKey, padding },
    sign('sha256', message, { key: privateKey, padding }),
  )
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
  check: (bytes) => {
    const normalised = normalisedPkcs8(bytes)
    if (normalised === undefined) return undefined
    const { key, pkcs8 } = normalised
    if (key.asymmetricKeyType !== 'rsa' || key.asymmetricKeyDetails?.modulusLength !== bits) return undefined
    try {
      return consistent(pkcs8) ? pkcs8 : undefined
    } catch {
      // Numbers that OpenSSL reads and cannot calculate with.
      return undefined
    }
  },
})
