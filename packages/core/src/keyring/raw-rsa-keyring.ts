import { constants, createPublicKey, type KeyObject, privateDecrypt, publicEncrypt } from 'node:crypto'
import type { KeyringNode } from '@aws-crypto/material-management-node'
import { KeyringError } from '../errors.js'
import { keyringFrom } from './keyring-from.js'
import { rsaPrivateKey, rsaPublicKey } from './rsa-keys.js'

/** framework/raw-rsa-keyring.md#supported-padding-schemes; the hash is that of MGF1, too. */
const paddings = {
  'oaep-sha1': { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
  'oaep-sha256': { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
  'oaep-sha384': { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha384' },
  'oaep-sha512': { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha512' },
  pkcs1: { padding: constants.RSA_PKCS1_PADDING },
} as const

export type RsaPadding = keyof typeof paddings

export interface RawRsaKeyringOptions {
  /** Key namespace: who manages the key. Public, stored in every message. Not one of AWS KMS. */
  readonly namespace: string
  /** Key name within the namespace. Public, stored in every message. */
  readonly name: string
  /** `pkcs1` is for what others wrote: it is opened by Node 22 and later. */
  readonly padding: RsaPadding
  /** Seals: PEM (SubjectPublicKeyInfo) or a KeyObject, of at least 2048 bits. Left out: the keyring only opens. */
  readonly publicKey?: string | KeyObject | undefined
  /** Opens: PEM (PKCS #8) or a KeyObject. Left out: the keyring only seals. */
  readonly privateKey?: string | KeyObject | undefined
}

function checkedKeys(options: RawRsaKeyringOptions) {
  const publicKey = rsaPublicKey(options.publicKey)
  const privateKey = rsaPrivateKey(options.privateKey)
  // Otherwise nobody would notice before the first message is to be opened.
  if (publicKey && privateKey && !createPublicKey(privateKey).equals(publicKey)) {
    throw new KeyringError('KEYRING_INVALID', 'The public key and the private key are no pair')
  }
  return { publicKey, privateKey }
}

/** Node 20 refuses the padding whatever the ciphertext (CVE-2023-46809). */
function isRefusedPadding(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_INVALID_ARG_VALUE'
}

function unwrap(key: KeyObject, padding: RsaPadding, ciphertext: Uint8Array): Uint8Array {
  try {
    return privateDecrypt({ key, ...paddings[padding] }, ciphertext)
  } catch (cause) {
    if (padding !== 'pkcs1' || !isRefusedPadding(cause)) throw cause
    const message = 'This version of Node decrypts no RSA with PKCS #1 v1.5 padding: use Node 22 or later'
    throw new KeyringError('PADDING_REFUSED', message, { cause })
  }
}

/**
 * A keyring for an RSA key of your own (framework/raw-rsa-keyring.md), as the raw RSA keyrings of every official SDK. RSA
 * does not bind the encryption context to the data key (the message does), and whoever has the public key can seal.
 * With `pkcs1`, Node 22 and later give random bytes for a wrong ciphertext: the message is then refused, not the data key.
 * Throws KEYRING_INVALID; opening fails with DATA_KEY_NOT_UNWRAPPED, and PADDING_REFUSED for `pkcs1` on Node 20.
 */
export function rawRsaKeyring(options: RawRsaKeyringOptions): KeyringNode {
  const { namespace, name, padding } = options
  if (typeof name !== 'string' || name === '') {
    throw new KeyringError('KEYRING_INVALID', 'A raw RSA keyring needs a namespace and a name')
  }
  if (!Object.hasOwn(paddings, padding)) {
    throw new KeyringError(
      'KEYRING_INVALID',
      `The padding must be one of ${Object.keys(paddings).join(', ')}`,
    )
  }
  const { publicKey, privateKey } = checkedKeys(options)
  const info = Buffer.from(name)
  return keyringFrom({
    providerId: namespace,
    wrap:
      publicKey &&
      (({ dataKey }) => ({
        providerInfo: info,
        ciphertext: publicEncrypt({ key: publicKey, ...paddings[padding] }, dataKey),
      })),
    unwrap:
      privateKey &&
      (({ providerInfo, ciphertext }) =>
        info.equals(providerInfo) ? unwrap(privateKey, padding, ciphertext) : null),
  })
}
