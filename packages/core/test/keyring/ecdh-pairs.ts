import { createECDH, generateKeyPairSync } from 'node:crypto'
import type { EcdhCurve } from '@sealring/core/keyring'

/** A pair as PEM; of SM2 too. */
export interface EcdhPair {
  readonly publicKey: string
  readonly privateKey: string
}

export const nistCurves = ['P-256', 'P-384', 'P-521'] as const

export function ecdhPair(namedCurve: EcdhCurve): EcdhPair {
  return generateKeyPairSync('ec', {
    namedCurve,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
}

const [p256, uncompressed, compressed] = ['301306072a8648ce3d020106082a8648ce3d030107', '034200', '032200']

/** Public keys of P-256 that no keyring may take. */
export function hostilePublicKeys(): Readonly<Record<string, Buffer>> {
  const ecdh = createECDH('prime256v1')
  const point = ecdh.generateKeys()
  const off = Buffer.from(point)
  off[40]! ^= 1
  const spki = (head: string, bits: string, of: Uint8Array) =>
    Buffer.concat([Buffer.from(head + p256 + bits, 'hex'), of])
  return {
    'a point that is not on the curve': spki('3059', uncompressed, off),
    'the point 0, 0': spki('3059', uncompressed, Buffer.concat([Buffer.of(4), Buffer.alloc(64)])),
    'the point at infinity': spki('3019', '030200', Buffer.of(0)),
    'the point at infinity, drawn out': spki('3059', uncompressed, Buffer.alloc(65)),
    'a compressed point': spki('3039', compressed, ecdh.getPublicKey(null, 'compressed')),
    'a hybrid point': spki('3059', uncompressed, ecdh.getPublicKey(null, 'hybrid')),
    'coordinates beyond the field': spki(
      '3059',
      uncompressed,
      Buffer.concat([Buffer.of(4), Buffer.alloc(64, 0xff)]),
    ),
    'a bare point': point,
    'a cut key': spki('3059', uncompressed, point.subarray(0, -1)),
    'a byte after the key': spki('3059', uncompressed, Buffer.concat([point, Buffer.of(0)])),
    'no bytes': Buffer.alloc(0),
  }
}
