import {
  createDecipheriv,
  createHmac,
  createPublicKey,
  diffieHellman,
  ECDH,
  type KeyObject,
} from 'node:crypto'

const curves = {
  prime256v1: { label: 'p256', jwk: 'P-256' },
  secp384r1: { label: 'p384', jwk: 'P-384' },
  secp521r1: { label: 'p521', jwk: 'P-521' },
} as const
export type ReferenceCurve = keyof typeof curves

/** A point as the format has it, as a KeyObject. */
function publicKeyOf(curve: ReferenceCurve, point: Uint8Array): KeyObject {
  const bytes = Buffer.from(
    ECDH.convertKey(point, curve, undefined, 'hex', 'uncompressed').toString(),
    'hex',
  ).subarray(1)
  const half = bytes.byteLength / 2
  const [x, y] = [bytes.subarray(0, half), bytes.subarray(half)].map((part) => part.toString('base64url'))
  return createPublicKey({ key: { kty: 'EC', crv: curves[curve].jwk, x, y }, format: 'jwk' })
}

/**
 * The data key of an encrypted data key of ECDH, by the specification's words (framework/raw-ecdh-keyring.md), slowly and for good
 * input only: `privateKey` is that of one of the two.
 */
export function referenceUnwrap(
  curve: ReferenceCurve,
  privateKey: KeyObject,
  dataKey: {
    readonly providerInfo: Uint8Array
    readonly ciphertext: Uint8Array
    readonly serializedContext: Uint8Array
  },
): Buffer {
  const info = Buffer.from(dataKey.providerInfo)
  const recipientLength = info.readUInt32BE(1)
  const recipient = info.subarray(5, 5 + recipientLength)
  const sender = info.subarray(9 + recipientLength)
  const mine = createPublicKey(privateKey)
  const peer = [recipient, sender].map((point) => publicKeyOf(curve, point)).find((key) => !key.equals(mine))
  const secret = diffieHellman({ privateKey, publicKey: peer ?? mine })

  const fixedInfo = Buffer.concat([
    Buffer.from(`ecdh-key-derivation\0${curves[curve].label}\0HMAC_SHA384\0`),
    sender,
    recipient,
    Buffer.from('\0\x01\0'),
    dataKey.serializedContext,
  ])
  const ciphertext = Buffer.from(dataKey.ciphertext)
  const salt = ciphertext.subarray(0, 32)
  const blocks = [1, 2].map((counter) =>
    createHmac('sha384', secret)
      .update(Buffer.from([0, 0, 0, counter]))
      .update(fixedInfo)
      .update(Buffer.from([0]))
      .update(salt)
      .update(Buffer.from([0, 0, 2, 0]))
      .digest(),
  )
  const keys = Buffer.concat(blocks)
  if (!keys.subarray(0, 32).equals(ciphertext.subarray(32, 64))) throw new Error('The commitment differs')
  const decipher = createDecipheriv('aes-256-gcm', keys.subarray(32, 64), Buffer.alloc(12))
  decipher.setAAD(fixedInfo).setAuthTag(ciphertext.subarray(-16))
  return Buffer.concat([decipher.update(ciphertext.subarray(64, -16)), decipher.final()])
}
