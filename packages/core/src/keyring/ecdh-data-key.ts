import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { EcdhCurveData } from './ecdh-curves.js'
import type { UnwrapRequest, WrappedDataKey, WrapRequest } from './keyring-from-options.js'

/** What a data key of ECDH names: who sealed it and who may open it, as compressed points. */
export interface EcdhParties {
  readonly sender: Buffer
  readonly recipient: Buffer
}

/** Provider ids of the data keys that both kinds of ECDH keyring open (framework/raw-ecdh-keyring.md#ondecrypt). */
export const ecdhProviderIds: ReadonlySet<string> = new Set(['raw-ecdh', 'aws-kms-ecdh'])

const version = 1
const saltLength = 32
const commitmentLength = 32
const tagLength = 16
const keyStart = saltLength + commitmentLength
const cipher = 'aes-256-gcm'
/** Fixed by the specification: each salt makes a key of its own, which encrypts once. */
const iv = Buffer.alloc(12)
const separator = Buffer.alloc(1)

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** framework/raw-ecdh-keyring.md#key-provider-information */
function providerInfo({ sender, recipient }: EcdhParties): Buffer {
  const parts = [recipient, sender].flatMap((point) => [uint32(point.byteLength), point])
  return Buffer.concat([Buffer.of(version), ...parts])
}

/** `undefined` for another version, another curve's lengths, or what isn't of this form. The points aren't checked. */
export function ecdhParties({ length }: EcdhCurveData, info: Uint8Array): EcdhParties | undefined {
  const pointLength = 1 + length
  const bytes = Buffer.from(info)
  if (bytes.byteLength !== 1 + 2 * (4 + pointLength)) return undefined
  const recipient = bytes.subarray(5, 5 + pointLength)
  const sender = bytes.subarray(-pointLength)
  return providerInfo({ sender, recipient }).equals(bytes) ? { sender, recipient } : undefined
}

/** Whether one of two sealed it for the other. */
export function areBetween({ sender, recipient }: EcdhParties, one: Buffer, other: Buffer): boolean {
  return (sender.equals(one) && recipient.equals(other)) || (sender.equals(other) && recipient.equals(one))
}

/** framework/key-agreement-schemas.md#key-derivation; implementations spell the first field in lower case. */
function fixedInfo(
  { label }: EcdhCurveData,
  { sender, recipient }: EcdhParties,
  serializedContext: Uint8Array,
) {
  const fields = [
    Buffer.from('ecdh-key-derivation'),
    Buffer.from(label),
    Buffer.from('HMAC_SHA384'),
    Buffer.concat([sender, recipient]),
    Buffer.of(version),
  ]
  return Buffer.concat([...fields.flatMap((field) => [field, separator]), serializedContext])
}

/** NIST SP 800-108, counter mode: 64 bytes. */
function derived(secret: Uint8Array, info: Buffer, salt: Uint8Array): Buffer {
  const block = (counter: number) =>
    createHmac('sha384', secret)
      .update(uint32(counter))
      .update(info)
      .update(separator)
      .update(salt)
      .update(uint32(512))
      .digest()
  const [first, second] = [block(1), block(2)]
  const keys = Buffer.concat([first, second], 64)
  first.fill(0)
  second.fill(0)
  return keys
}

/** A shared secret and what it belongs to. */
export interface EcdhAgreement {
  readonly curve: EcdhCurveData
  readonly parties: EcdhParties
  readonly secret: Uint8Array
}

/** framework/raw-ecdh-keyring.md#data-key-wrapping */
export function wrapByEcdh(
  { curve, parties, secret }: EcdhAgreement,
  { dataKey, serializedContext }: WrapRequest,
): WrappedDataKey {
  const info = fixedInfo(curve, parties, serializedContext)
  const salt = randomBytes(saltLength)
  const keys = derived(secret, info, salt)
  const encryption = createCipheriv(cipher, keys.subarray(commitmentLength), iv).setAAD(info)
  const commitment = Buffer.from(keys.subarray(0, commitmentLength))
  keys.fill(0)
  const encrypted = [encryption.update(dataKey), encryption.final(), encryption.getAuthTag()]
  return {
    providerInfo: providerInfo(parties),
    ciphertext: Buffer.concat([salt, commitment, ...encrypted]),
  }
}

/** Throws for a ciphertext that no data key of this length has: before a key agreement is paid for. */
export function checkEcdhCiphertext({ ciphertext, keyLength }: UnwrapRequest): void {
  if (ciphertext.byteLength !== keyStart + keyLength + tagLength)
    throw new Error('The encrypted data key has another length than the algorithm suite needs')
}

/** framework/raw-ecdh-keyring.md#data-key-unwrapping. Throws for what doesn't fit. */
export function unwrapByEcdh(
  { curve, parties, secret }: EcdhAgreement,
  request: Pick<UnwrapRequest, 'ciphertext' | 'serializedContext'>,
): Buffer {
  const ciphertext = Buffer.from(request.ciphertext)
  const info = fixedInfo(curve, parties, request.serializedContext)
  const keys = derived(secret, info, ciphertext.subarray(0, saltLength))
  try {
    if (!timingSafeEqual(keys.subarray(0, commitmentLength), ciphertext.subarray(saltLength, keyStart)))
      throw new Error('The key commitment differs: another key, another context, or the data key was changed')
    const decryption = createDecipheriv(cipher, keys.subarray(commitmentLength), iv, {
      authTagLength: tagLength,
    })
    decryption.setAAD(info).setAuthTag(ciphertext.subarray(-tagLength))
    const dataKey = decryption.update(ciphertext.subarray(keyStart, -tagLength))
    try {
      decryption.final()
      return dataKey
    } catch (error) {
      dataKey.fill(0)
      throw error
    }
  } finally {
    keys.fill(0)
  }
}
