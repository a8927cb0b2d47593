import { createECDH } from 'node:crypto'
import { CryptographyError } from './cryptography-error.js'
import { curves } from './curves.js'
import type { CurveSpec } from './curves.js'
import { ecKeyOf } from './ec-key.js'
import { algorithmsOf } from './key-specs.js'
import type { KeySpec } from './key-specs.js'
import { readSpki } from './pkcs8.js'

/**
 * The raw shared secret of DeriveSharedSecret (cofactor ECDH: the x coordinate, as long as the
 * curve's field) with a peer's public key, SubjectPublicKeyInfo in DER with the curve's name, its
 * point in any form of SEC 1. Throws `ALGORITHM_NOT_ALLOWED` for specs without ECDH, `PUBLIC_KEY_INVALID`.
 */
export const deriveSharedSecret = (spec: KeySpec, material: Buffer, peerPublicKey: Buffer): Buffer => {
  if (algorithmsOf(spec, 'KEY_AGREEMENT') === undefined)
    throw new CryptographyError('ALGORITHM_NOT_ALLOWED', `A key of ${spec} does not support ECDH`)
  const { curve, scalar } = ecKeyOf(spec as CurveSpec, material)
  const point = readSpki(peerPublicKey, curves[spec as CurveSpec].algorithm)
  const invalid = `The public key is not a DER-encoded one of ${spec}`
  if (point === undefined) throw new CryptographyError('PUBLIC_KEY_INVALID', invalid)
  const ecdh = createECDH(curve.name)
  ecdh.setPrivateKey(scalar)
  try {
    // OpenSSL checks that the point is on the curve; all of these curves have cofactor 1.
    return ecdh.computeSecret(point)
  } catch (cause) {
    throw new CryptographyError('PUBLIC_KEY_INVALID', invalid, { cause })
  }
}
