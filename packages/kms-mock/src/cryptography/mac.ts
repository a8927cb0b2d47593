import { createHmac, timingSafeEqual } from 'node:crypto'
import { CryptographyError } from './cryptography-error.js'
import { algorithmsOf } from './key-specs.js'
import type { KeySpec, MacAlgorithm } from './key-specs.js'

const hashes: Readonly<Record<MacAlgorithm, string>> = {
  HMAC_SHA_224: 'sha224',
  HMAC_SHA_256: 'sha256',
  HMAC_SHA_384: 'sha384',
  HMAC_SHA_512: 'sha512',
}

/** The MAC of a message. Throws `ALGORITHM_NOT_ALLOWED`. */
export const generateMac = (
  spec: KeySpec,
  material: Buffer,
  algorithm: MacAlgorithm,
  message: Buffer,
): Buffer => {
  if (!algorithmsOf(spec, 'GENERATE_VERIFY_MAC')?.includes(algorithm))
    throw new CryptographyError('ALGORITHM_NOT_ALLOWED', `A key of ${spec} does not support ${algorithm}`)
  return createHmac(hashes[algorithm], material).update(message).digest()
}

/** Whether a MAC is the message's, compared in constant time. Throws `ALGORITHM_NOT_ALLOWED`. */
export const verifyMac = (
  spec: KeySpec,
  material: Buffer,
  algorithm: MacAlgorithm,
  message: Buffer,
  mac: Buffer,
): boolean => {
  const expected = generateMac(spec, material, algorithm, message)
  return mac.length === expected.length && timingSafeEqual(mac, expected)
}
