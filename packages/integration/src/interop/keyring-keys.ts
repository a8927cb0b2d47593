import { readFileSync } from 'node:fs'
import { createKms, type Kms, type PresetKey } from '@sealring/kms-mock'
import { interopFolder } from './message-plan.js'

/** Two pairs on one curve, in the form of AWS's own vectors: PEM, or ARNs of KMS; public keys in base64. */
export interface EcdhEntry {
  readonly bits: 256 | 384 | 521
  readonly type: 'ecc-private' | 'aws-kms-ecdh'
  readonly 'sender-material': string
  readonly 'recipient-material': string
  readonly 'sender-material-public-key': string
  readonly 'recipient-material-public-key': string
  /** Private keys of those in KMS, PKCS #8 in base64. A member of ours: AWS's vectors have real keys. */
  readonly 'preset-material'?: { readonly sender: string; readonly recipient: string }
}

export interface KmsRsaEntry {
  readonly type: 'aws-kms-rsa'
  readonly 'key-id': string
  /** The public key, PEM. */
  readonly material: string
  readonly 'preset-material': { readonly key: string }
}

export type KeyringEntry = EcdhEntry | KmsRsaEntry
export type KeyringKeys = Readonly<Record<string, KeyringEntry>>

export const keyringKeysFile = `${interopFolder}keyring-keys.json`

export function readKeyringKeys(path: string = keyringKeysFile): KeyringKeys {
  const { keys }: { keys: KeyringKeys } = JSON.parse(readFileSync(path, 'utf8'))
  return keys
}

const arnGrammar = /^arn:aws:kms:([^:]+):(\d+):key\/(.+)$/

type KeyKind = Required<Pick<PresetKey, 'keySpec' | 'keyUsage'>>

function preset(arn: string, material: string, kind: KeyKind): PresetKey {
  const [, region = '', accountId = '', keyId = ''] = arnGrammar.exec(arn) ?? []
  return { region, accountId, keyId, material, ...kind }
}

function presetsOf(entry: KeyringEntry): PresetKey[] {
  if (entry.type === 'ecc-private') return []
  if (entry.type === 'aws-kms-rsa')
    return [
      preset(entry['key-id'], entry['preset-material'].key, {
        keySpec: 'RSA_2048',
        keyUsage: 'ENCRYPT_DECRYPT',
      }),
    ]
  const { sender, recipient } = entry['preset-material']!
  const kind: KeyKind = { keySpec: `ECC_NIST_P${entry.bits}`, keyUsage: 'KEY_AGREEMENT' }
  return [
    preset(entry['sender-material'], sender, kind),
    preset(entry['recipient-material'], recipient, kind),
  ]
}

/** A KMS that has those keys which are in KMS. */
export function presetKms(keys: KeyringKeys): Kms {
  return createKms({ keys: Object.values(keys).flatMap(presetsOf) })
}
