import { createECDH } from 'node:crypto'
import { fromBigInt } from './big-integers.js'
import { CryptographyError } from './cryptography-error.js'
import { curves, isCurveSpec, readPoint } from './curves.js'
import { ecKeyOf, uncompressed } from './ec-key.js'
import type { EcKey } from './ec-key.js'
import { algorithmsOf } from './key-specs.js'
import type { KeySpec } from './key-specs.js'
import type { Awaitable } from './material-kind.js'
import { readSpki } from './pkcs8.js'
import { sm2Multiply } from './sm2-multiply.js'

/** The x coordinate of private key × point; throws, or rejects, for what is not a point of the curve. */
const multiply = (key: EcKey, point: Buffer): Awaitable<Buffer> => {
  if (key.curve === curves.SM2) return multiplySm2(key, point)
  const ecdh = createECDH(key.curve.name)
  ecdh.setPrivateKey(key.scalar)
  // OpenSSL checks that the point is on the curve; all of these curves have cofactor 1.
  return ecdh.computeSecret(point)
}

const multiplySm2 = async ({ curve, d }: EcKey, point: Buffer): Promise<Buffer> => {
  const affine = uncompressed(curve, point)
  if (affine === undefined) throw new TypeError('not a point of the curve')
  return fromBigInt((await sm2Multiply(d, readPoint(curve, affine))).x, curve.bytes)
}

/**
 * The raw shared secret of DeriveSharedSecret (cofactor ECDH: the x coordinate, as long as the
 * curve's field) with a peer's public key, SubjectPublicKeyInfo in DER with the curve's name, its
 * point in any form of SEC 1. Rejects with `ALGORITHM_NOT_ALLOWED` for specs without ECDH, and with
 * `PUBLIC_KEY_INVALID`.
 */
export const deriveSharedSecret = async (
  spec: KeySpec,
  material: Buffer,
  peerPublicKey: Buffer,
): Promise<Buffer> => {
  if (algorithmsOf(spec, 'KEY_AGREEMENT') === undefined || !isCurveSpec(spec))
    throw new CryptographyError('ALGORITHM_NOT_ALLOWED', `A key of ${spec} does not support ECDH`)
  const point = readSpki(peerPublicKey, curves[spec].algorithm)
  const invalid = `The public key is not a DER-encoded one of ${spec}`
  if (point === undefined) throw new CryptographyError('PUBLIC_KEY_INVALID', invalid)
  const key = ecKeyOf(spec, material)
  try {
    return await multiply(key, point)
  } catch (cause) {
    throw new CryptographyError('PUBLIC_KEY_INVALID', invalid, { cause })
  }
}
