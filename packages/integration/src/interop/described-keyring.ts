import type { KeyringNode } from '@sealring/core/keyring'
import { rawEcdhKeyring, type EcdhCurve } from '@sealring/core/keyring'
import { kmsEcdhKeyring, kmsRsaKeyring, type KmsClientOptions } from '@sealring/core/kms-keyring'
import type { EcdhEntry, KeyringEntry, KeyringKeys } from './keyring-keys.js'

/** A keyring, as AWS's test vectors describe it (KeyDescription of the material providers library). */
export type KeyringDescription = EcdhDescription | KmsRsaDescription

export interface EcdhDescription {
  readonly type: 'raw-ecdh' | 'aws-kms-ecdh'
  readonly schema: 'static' | 'ephemeral' | 'discovery'
  /** Names in the keys file; who isn't needed is named after the schema. */
  readonly sender: string
  readonly recipient: string
  readonly 'sender-public-key': string
  readonly 'recipient-public-key': string
  readonly 'provider-id'?: string
  readonly 'ecc-curve': string
}

export interface KmsRsaDescription {
  readonly type: 'aws-kms-rsa'
  readonly key: string
  readonly 'encryption-algorithm': 'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256'
}

const publicKey = (entry: EcdhEntry, whose: 'sender' | 'recipient'): Buffer =>
  Buffer.from(entry[`${whose}-material-public-key`], 'base64')

function ecdhEntry(keys: KeyringKeys, { sender, recipient }: EcdhDescription): EcdhEntry {
  const entry: KeyringEntry | undefined = keys[recipient] ?? keys[sender]
  if (entry === undefined || entry.type === 'aws-kms-rsa') throw new Error(`No pairs are named ${recipient}`)
  return entry
}

function rawEcdh(entry: EcdhEntry, schema: EcdhDescription['schema']): KeyringNode {
  const curve: EcdhCurve = `P-${entry.bits}`
  const recipientPublicKey = publicKey(entry, 'recipient')
  if (schema === 'ephemeral') return rawEcdhKeyring({ agreement: 'ephemeral', curve, recipientPublicKey })
  if (schema === 'discovery')
    return rawEcdhKeyring({ agreement: 'discovery', curve, recipientPrivateKey: entry['recipient-material'] })
  return rawEcdhKeyring({
    agreement: 'static',
    curve,
    senderPrivateKey: entry['sender-material'],
    recipientPublicKey,
  })
}

function kmsEcdh(
  entry: EcdhEntry,
  schema: EcdhDescription['schema'],
  options: KmsClientOptions,
): KeyringNode {
  const curve: EcdhCurve = `P-${entry.bits}`
  if (schema === 'discovery')
    return kmsEcdhKeyring({ agreement: 'discovery', curve, keyId: entry['recipient-material'], ...options })
  return kmsEcdhKeyring({
    agreement: 'static',
    curve,
    keyId: entry['sender-material'],
    recipientPublicKey: publicKey(entry, 'recipient'),
    ...options,
  })
}

/** Our keyring for a description. */
export function describedKeyring(
  description: KeyringDescription,
  keys: KeyringKeys,
  options: KmsClientOptions,
): KeyringNode {
  if (description.type === 'aws-kms-rsa') {
    const entry = keys[description.key]
    if (entry?.type !== 'aws-kms-rsa') throw new Error(`No RSA key is named ${description.key}`)
    return kmsRsaKeyring({
      keyId: entry['key-id'],
      encryptionAlgorithm: description['encryption-algorithm'],
      publicKey: entry.material,
      ...options,
    })
  }
  const entry = ecdhEntry(keys, description)
  return description.type === 'raw-ecdh'
    ? rawEcdh(entry, description.schema)
    : kmsEcdh(entry, description.schema, options)
}
