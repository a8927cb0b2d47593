import type { KeyringNode } from '@aws-crypto/material-management-node'
import { rawAesKeyring } from '@sealring/core/keyring'
import { jsonObject, jsonText, type JsonObject } from './json-shape.js'
import type { KeyDescription } from './key-description.js'
import { rawEcdhKeys } from './raw-ecdh-keys.js'
import { rawRsaKeyring, type RsaPadding } from './raw-rsa-keyring.js'
import { VectorError } from './vector-error.js'

/** The keyring of a key description, or why there is none. Throws VECTOR_KEY_INVALID, KEYRING_INVALID. */
export type KeyringFor = (description: KeyDescription) => KeyringNode | { readonly unsupported: string }

const invalid = (text: string): VectorError => new VectorError('VECTOR_KEY_INVALID', text)

/** Version 1 of the keys manifest has lines and says how to join them; later ones have one string. */
function materialOf(name: string, key: JsonObject): string {
  const { material, encoding, 'line-separator': separator = encoding === 'pem' ? '\n' : '' } = key
  if (typeof material === 'string') return material
  if (!Array.isArray(material) || !material.every((line) => typeof line === 'string')) {
    throw invalid(`Key ${JSON.stringify(name)} has no material`)
  }
  return material.join(String(separator))
}

function aesBytes(name: string, key: JsonObject): Buffer {
  if (key['encoding'] !== 'base64') throw invalid(`AES key ${JSON.stringify(name)} is not in base64`)
  const bytes = Buffer.from(materialOf(name, key), 'base64')
  if (key['bits'] !== undefined && key['bits'] !== bytes.length * 8) {
    throw invalid(
      `AES key ${JSON.stringify(name)} has ${bytes.length * 8} bits, not ${JSON.stringify(key['bits'])}`,
    )
  }
  return bytes
}

const oaepHashes = new Set<unknown>(['sha1', 'sha256', 'sha384', 'sha512'])
const isOaepHash = (hash: unknown): hash is Exclude<RsaPadding, 'pkcs1'>['oaepHash'] => oaepHashes.has(hash)

/** framework/test-vectors/key-description.md: `padding-hash` counts for OAEP alone. */
function rsaPadding(description: KeyDescription): RsaPadding | undefined {
  const { 'padding-algorithm': padding, 'padding-hash': oaepHash } = description
  if (padding === 'pkcs1') return 'pkcs1'
  return padding === 'oaep-mgf1' && isOaepHash(oaepHash) ? { oaepHash } : undefined
}

type RawKey = {
  namespace: string
  name: string
  keyName: string
  key: JsonObject
  description: KeyDescription
}

const rawKeyrings = new Map<unknown, (raw: RawKey) => ReturnType<KeyringFor>>([
  [
    'aes',
    ({ namespace, name, keyName, key }) => rawAesKeyring({ namespace, name, key: aesBytes(keyName, key) }),
  ],
  [
    'rsa',
    ({ namespace, name, keyName, key, description }) => {
      if (key['type'] === 'public') return { unsupported: 'raw rsa: a public key opens nothing' }
      const padding = rsaPadding(description)
      if (!padding) return { unsupported: 'raw rsa: an unknown padding' }
      return rawRsaKeyring({ namespace, name, privateKey: materialOf(keyName, key), padding })
    },
  ],
])

/** Keyrings by the keys of a keys manifest (framework/test-vectors/keys-manifest.md, of every version). */
export function manifestKeys(keys: JsonObject): KeyringFor {
  const known = new Map(Object.entries(keys).map(([name, key]) => [name, jsonObject(key)]))
  return (description) => {
    const { type, key: keyName, 'provider-id': namespace, 'encryption-algorithm': algorithm } = description
    if (type === 'raw-ecdh') return rawEcdhKeys(description, known)
    // Every kind of KMS key, and those that no keyring of ours is for.
    if (type !== 'raw') return { unsupported: type }
    const keyring = rawKeyrings.get(algorithm)
    if (!keyring) return { unsupported: `raw ${JSON.stringify(algorithm)}` }
    const key = typeof keyName === 'string' ? known.get(keyName) : undefined
    if (typeof keyName !== 'string' || !key)
      throw invalid(`No key ${JSON.stringify(keyName)} in the keys manifest`)
    if (typeof namespace !== 'string')
      throw invalid(`Key ${JSON.stringify(keyName)} is used without provider-id`)
    // Before keys had ids of their own, their name was written into messages.
    const name = jsonText(description['key-id']) ?? jsonText(key['key-id']) ?? keyName
    return keyring({ namespace, name, keyName, key, description })
  }
}

/** A keyring is made once for each description. */
export function rememberKeyrings(make: KeyringFor): KeyringFor {
  const made = new Map<string, ReturnType<KeyringFor>>()
  return (description) => {
    const id = JSON.stringify(description)
    const keyring = made.get(id) ?? make(description)
    made.set(id, keyring)
    return keyring
  }
}
