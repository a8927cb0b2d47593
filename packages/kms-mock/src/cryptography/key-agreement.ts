import type { KeySpec } from './key-specs.js'

const notYet = (): never => {
  throw new Error('not implemented yet')
}

/**
 * The raw shared secret of DeriveSharedSecret (cofactor ECDH: the x coordinate, as long as the
 * curve's field) with a peer's public key, SubjectPublicKeyInfo in DER. Throws `ALGORITHM_NOT_ALLOWED` for
 * specs without ECDH, `PUBLIC_KEY_INVALID`.
 */
export const deriveSharedSecret: (spec: KeySpec, material: Buffer, peerPublicKey: Buffer) => Buffer = notYet
