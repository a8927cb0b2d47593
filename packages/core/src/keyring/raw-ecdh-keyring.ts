import type { KeyringNode } from '@aws-crypto/material-management-node'
import { KeyringError } from '../errors.js'
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
import {
  checkAgreement,
  checkedCurve,
  freshKeyPair,
  ownKeyPair,
  publicPoint,
  type EcdhKeyPair,
  type EcdhPrivateKey,
  type EcdhPublicKey,
} from './ecdh-keys.js'
import { customKeyring } from './keyring-from.js'
import { onlyOpens, onlySeals, type UnwrapRequest, type WrapRequest } from './keyring-from-options.js'

export type { EcdhCurve } from './ecdh-curves.js'
export type { EcdhPrivateKey, EcdhPublicKey } from './ecdh-keys.js'

/** Both parties have a pair: either opens what the other, or itself, sealed (RawPrivateKeyToStaticPublicKey). */
export interface RawEcdhStaticOptions {
  readonly agreement: 'static'
  readonly curve: EcdhCurve
  /** One's own: of who uses this keyring. */
  readonly senderPrivateKey: EcdhPrivateKey
  readonly recipientPublicKey: EcdhPublicKey
}

/** Seals only, each time with a new pair that is forgotten: the recipient opens (EphemeralPrivateKeyToStaticPublicKey). */
export interface RawEcdhEphemeralOptions {
  readonly agreement: 'ephemeral'
  readonly curve: EcdhCurve
  readonly recipientPublicKey: EcdhPublicKey
}

/** Opens only, whoever sealed it for this recipient (PublicKeyDiscovery). */
export interface RawEcdhDiscoveryOptions {
  readonly agreement: 'discovery'
  readonly curve: EcdhCurve
  readonly recipientPrivateKey: EcdhPrivateKey
}

export type RawEcdhKeyringOptions = RawEcdhStaticOptions | RawEcdhEphemeralOptions | RawEcdhDiscoveryOptions

interface Agreeing {
  readonly wrap: (request: WrapRequest) => ReturnType<typeof wrapByEcdh>
  readonly unwrap: (request: UnwrapRequest) => Uint8Array | null
}

function wrapFor(curve: EcdhCurveData, own: EcdhKeyPair, recipient: Buffer, request: WrapRequest) {
  const secret = own.agree(recipient)
  try {
    return wrapByEcdh({ curve, parties: { sender: own.point, recipient }, secret }, request)
  } finally {
    secret.fill(0)
  }
}

/** `peerOf`: whom to agree with; `undefined` when the data key is for others. */
function unwrapFor(
  curve: EcdhCurveData,
  own: EcdhKeyPair,
  request: UnwrapRequest,
  peerOf: (parties: EcdhParties) => Buffer | undefined,
): Uint8Array | null {
  const parties = ecdhParties(curve, request.providerInfo)
  const peer = parties && peerOf(parties)
  if (parties === undefined || peer === undefined) return null
  checkEcdhCiphertext(request)
  const secret = own.agree(peer)
  try {
    return unwrapByEcdh({ curve, parties, secret }, request)
  } finally {
    secret.fill(0)
  }
}

function staticAgreement(curve: EcdhCurveData, options: RawEcdhStaticOptions): Agreeing {
  const own = ownKeyPair(curve, options.senderPrivateKey)
  const peer = publicPoint(curve, options.recipientPublicKey, 'recipientPublicKey')
  return {
    wrap: (request) => wrapFor(curve, own, peer, request),
    unwrap: (request) =>
      unwrapFor(curve, own, request, (parties) => (areBetween(parties, own.point, peer) ? peer : undefined)),
  }
}

function ephemeralAgreement(curve: EcdhCurveData, options: RawEcdhEphemeralOptions): Agreeing {
  const recipient = publicPoint(curve, options.recipientPublicKey, 'recipientPublicKey')
  return {
    wrap: (request) => wrapFor(curve, freshKeyPair(curve), recipient, request),
    unwrap: onlySeals,
  }
}

function discoveryAgreement(curve: EcdhCurveData, options: RawEcdhDiscoveryOptions): Agreeing {
  const own = ownKeyPair(curve, options.recipientPrivateKey)
  return {
    wrap: onlyOpens,
    unwrap: (request) =>
      unwrapFor(curve, own, request, ({ sender, recipient }) =>
        recipient.equals(own.point) ? sender : undefined,
      ),
  }
}

/** framework/key-agreement-schemas.md#raw-ecdh-key-agreement-schemas */
function agreementOf(curve: EcdhCurveData, options: RawEcdhKeyringOptions): Agreeing {
  if (options.agreement === 'static') return staticAgreement(curve, options)
  if (options.agreement === 'ephemeral') return ephemeralAgreement(curve, options)
  if (options.agreement === 'discovery') return discoveryAgreement(curve, options)
  throw new KeyringError('KEYRING_INVALID', 'agreement must be static, ephemeral or discovery')
}

/**
 * A keyring for elliptic-curve keys of your own (framework/raw-ecdh-keyring.md): the data key is wrapped under a key that
 * sender and recipient agree on, bound to the encryption context. Opens what `kmsEcdhKeyring` sealed, too. With
 * `ephemeral` whoever has the public key can seal; with `static` a message is from one of the two, and both could have made it.
 * SM2 needs Node 20 or 22: CURVE_REFUSED elsewhere. Throws KEYRING_INVALID; opening fails with DATA_KEY_NOT_UNWRAPPED.
 */
export function rawEcdhKeyring(options: RawEcdhKeyringOptions): KeyringNode {
  const { agreement, curve: name } = options
  const curve = checkedCurve(name)
  checkAgreement(curve)
  return customKeyring({
    className: 'RawEcdhKeyring',
    kind: 'raw-ecdh',
    shown: { agreement, curve: name },
    providerId: 'raw-ecdh',
    opens: ecdhProviderIds,
    classes: ownAwsClasses(),
    ...agreementOf(curve, options),
  })
}
