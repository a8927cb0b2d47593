import { createPrivateKey, createPublicKey, KeyObject } from 'node:crypto'
import { KeyringError } from '../errors.js'

const leastModulusBits = 2048

function rsaKey(
  type: 'public' | 'private',
  given: string | KeyObject | undefined,
  fromPem: (pem: string) => KeyObject,
): KeyObject | undefined {
  if (given === undefined) return undefined
  let key: unknown = given
  try {
    if (typeof given === 'string') key = fromPem(given)
  } catch (cause) {
    throw new KeyringError('KEYRING_INVALID', `The PEM holds no ${type} key`, { cause })
  }
  if (!(key instanceof KeyObject) || key.type !== type || key.asymmetricKeyType !== 'rsa') {
    throw new KeyringError('KEYRING_INVALID', `The ${type} key is no ${type} RSA key`)
  }
  return key
}

/** PEM or a KeyObject, of at least 2048 bits. Throws KEYRING_INVALID. */
export function rsaPublicKey(given: string | KeyObject | undefined): KeyObject | undefined {
  const key = rsaKey('public', given, createPublicKey)
  if ((key?.asymmetricKeyDetails?.modulusLength ?? leastModulusBits) < leastModulusBits) {
    throw new KeyringError('KEYRING_INVALID', `The public key must have at least ${leastModulusBits} bits`)
  }
  return key
}

/** PEM or a KeyObject. Throws KEYRING_INVALID. */
export function rsaPrivateKey(given: string | KeyObject | undefined): KeyObject | undefined {
  return rsaKey('private', given, createPrivateKey)
}
