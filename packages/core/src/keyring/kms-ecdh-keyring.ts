import type { KeyringNode } from '@aws-crypto/material-management-node'
import * as kms from '@aws-sdk/client-kms'
import { KeyringError, type KeyringErrorCode } from '../errors.js'
import { ownAwsClasses } from '../materials/aws-classes.js'
import type { EcdhCurve, EcdhCurveData } from './ecdh-curves.js'
import {
  areBetween,
  checkEcdhCiphertext,
  ecdhParties,
  ecdhProviderIds,
  unwrapByEcdh,
  wrapByEcdh,
  type EcdhParties,
} from './ecdh-data-key.js'
import { checkedCurve, publicPoint, spkiOf, type EcdhPublicKey } from './ecdh-keys.js'
import { customKeyring } from './keyring-from.js'
import { onlyOpens, type UnwrapRequest, type WrapRequest } from './keyring-from-options.js'
import { kmsKey, type KmsKey, type KmsKeyOptions } from './kms-key.js'

interface KmsEcdhOptions extends KmsKeyOptions {
  readonly curve: EcdhCurve
  /** That of `keyId`. Left out: KMS is asked once (GetPublicKey), when it is first needed. */
  readonly publicKey?: EcdhPublicKey
}

/** Seals for the recipient, and opens what the two sealed for each other (KmsPrivateKeyToStaticPublicKey). */
export interface KmsEcdhStaticOptions extends KmsEcdhOptions {
  readonly agreement: 'static'
  /** The other party's, whose private key may be anywhere. */
  readonly recipientPublicKey: EcdhPublicKey
}

/** Opens only, whoever sealed it for the key `keyId` (KmsPublicKeyDiscovery). */
export interface KmsEcdhDiscoveryOptions extends KmsEcdhOptions {
  readonly agreement: 'discovery'
}

export type KmsEcdhKeyringOptions = KmsEcdhStaticOptions | KmsEcdhDiscoveryOptions

/** A key pair of KMS on one curve. */
interface KmsKeyPair {
  /** The public key, compressed. */
  point(code: KeyringErrorCode): Promise<Buffer>
  /** The shared secret with a public key, compressed. The caller zeroes it. */
  agree(code: KeyringErrorCode, point: Uint8Array): Promise<Uint8Array>
}

function checkCommands(): void {
  // Looked up when used: older versions that the rest of this package works with don't have it.
  if (typeof kms.DeriveSharedSecretCommand === 'function') return
  throw new KeyringError(
    'KEYRING_INVALID',
    'This version of @aws-sdk/client-kms has no DeriveSharedSecret: use 3.598 or later',
  )
}

/** framework/key-agreement-schemas.md#kmspublickeydiscovery says what its answer must be. */
async function publicPointOf(code: KeyringErrorCode, key: KmsKey, curve: EcdhCurveData): Promise<Buffer> {
  const { KeyId, KeyUsage, KeySpec, PublicKey } = await key.call(code, 'GetPublicKey', (client) =>
    client.send(new kms.GetPublicKeyCommand(key.request)),
  )
  if (KeyId !== key.keyId || KeyUsage !== 'KEY_AGREEMENT' || KeySpec !== curve.keySpec) {
    throw new KeyringError('KEYRING_INVALID', `keyId must name a key for KEY_AGREEMENT of ${curve.keySpec}`)
  }
  return publicPoint(curve, PublicKey, 'What KMS gives as its public key')
}

function kmsKeyPair(key: KmsKey, curve: EcdhCurveData, known: Buffer | undefined): KmsKeyPair {
  let asked: Promise<Buffer> | undefined = known && Promise.resolve(known)
  return {
    point(code) {
      asked ??= publicPointOf(code, key, curve).catch((error: unknown) => {
        asked = undefined
        throw error
      })
      return asked
    },
    async agree(code, point) {
      const PublicKey = spkiOf(curve, point)
      const { KeyId, SharedSecret } = await key.call(code, 'DeriveSharedSecret', (client) =>
        client.send(
          new kms.DeriveSharedSecretCommand({ ...key.request, PublicKey, KeyAgreementAlgorithm: 'ECDH' }),
        ),
      )
      if (KeyId === key.keyId && SharedSecret?.byteLength === curve.length) return SharedSecret
      SharedSecret?.fill(0)
      throw new Error('KMS answered for another key')
    },
  }
}

async function wrapFor(curve: EcdhCurveData, own: KmsKeyPair, recipient: Buffer, request: WrapRequest) {
  const sender = await own.point('DATA_KEY_NOT_WRAPPED')
  const secret = await own.agree('DATA_KEY_NOT_WRAPPED', recipient)
  try {
    return wrapByEcdh({ curve, parties: { sender, recipient }, secret }, request)
  } finally {
    secret.fill(0)
  }
}

/** `peerOf`: whom to agree with; `undefined` when the data key is for others. */
async function unwrapFor(
  curve: EcdhCurveData,
  own: KmsKeyPair,
  request: UnwrapRequest,
  peerOf: (parties: EcdhParties, point: Buffer) => Buffer | undefined,
): Promise<Uint8Array | null> {
  const parties = ecdhParties(curve, request.providerInfo)
  if (parties === undefined) return null
  const peer = peerOf(parties, await own.point('DATA_KEY_NOT_UNWRAPPED'))
  if (peer === undefined) return null
  checkEcdhCiphertext(request)
  const secret = await own.agree('DATA_KEY_NOT_UNWRAPPED', peer)
  try {
    return unwrapByEcdh({ curve, parties, secret }, request)
  } finally {
    secret.fill(0)
  }
}

/** framework/key-agreement-schemas.md#aws-kms-ecdh-key-agreement-schemas */
function agreementOf(curve: EcdhCurveData, own: KmsKeyPair, options: KmsEcdhKeyringOptions) {
  if (options.agreement === 'static') {
    const peer = publicPoint(curve, options.recipientPublicKey, 'recipientPublicKey')
    return {
      wrap: (request: WrapRequest) => wrapFor(curve, own, peer, request),
      unwrap: (request: UnwrapRequest) =>
        unwrapFor(curve, own, request, (parties, point) =>
          areBetween(parties, point, peer) ? peer : undefined,
        ),
    }
  }
  if (options.agreement === 'discovery') {
    return {
      wrap: onlyOpens,
      unwrap: (request: UnwrapRequest) =>
        unwrapFor(curve, own, request, ({ sender, recipient }, point) =>
          recipient.equals(point) ? sender : undefined,
        ),
    }
  }
  throw new KeyringError('KEYRING_INVALID', 'agreement must be static or discovery')
}

/**
 * A keyring for an elliptic-curve key of AWS KMS (framework/aws-kms/aws-kms-ecdh-keyring.md): KMS derives the secret that
 * sender and recipient share, under a key of which the data key is wrapped, bound to the encryption context. One call to
 * seal and one for each data key tried. Opens what `rawEcdhKeyring` sealed for it, too; SM2 works where KMS has it.
 * Throws KEYRING_INVALID, when it is used also for a key of another curve or usage; fails with DATA_KEY_NOT_WRAPPED and
 * DATA_KEY_NOT_UNWRAPPED, whose `cause` is what KMS said.
 */
export function kmsEcdhKeyring(options: KmsEcdhKeyringOptions): KeyringNode {
  const { agreement, curve: name, publicKey } = options
  const curve = checkedCurve(name)
  checkCommands()
  const key = kmsKey(options)
  const known = publicKey === undefined ? undefined : publicPoint(curve, publicKey, 'publicKey')
  return customKeyring({
    className: 'KmsEcdhKeyring',
    kind: 'aws-kms-ecdh',
    shown: { agreement, curve: name, keyId: key.keyId },
    providerId: 'aws-kms-ecdh',
    opens: ecdhProviderIds,
    classes: ownAwsClasses(),
    ...agreementOf(curve, kmsKeyPair(key, curve, known), options),
  })
}
