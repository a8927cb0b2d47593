import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { opensslOutput } from './openssl.js'

/** A header of CBOR (RFC 8949, section 3). */
const head = (major: number, value: number): Buffer => {
  if (value < 24) return Buffer.of((major << 5) | value)
  if (value < 0x100) return Buffer.of((major << 5) | 24, value)
  const bytes = Buffer.alloc(value < 0x1_0000 ? 2 : 4)
  bytes.writeUIntBE(value, 0, bytes.length)
  return Buffer.concat([Buffer.of((major << 5) | (bytes.length === 2 ? 25 : 26)), bytes])
}

/** Writes what documents are made of: numbers, strings, bytes, arrays, maps, null. */
export const cbor = (value: unknown): Buffer => {
  if (value === null) return Buffer.of(0xf6)
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)])
  if (value instanceof Map) return Buffer.concat([head(5, value.size), ...[...value].flat().map(cbor)])
  throw new TypeError('not written here')
}

/** COSE_Sign1 around claims, as the Nitro hypervisor makes it; nobody signed it. */
export const attestation = (claims: ReadonlyMap<string, unknown>): Buffer =>
  cbor([cbor(new Map([[1, -35]])), new Map(), cbor(claims), Buffer.alloc(96)])

/** The claims of a document that has a public key (Nitro Enclaves User Guide, "Verifying the root of trust"). */
export const claimsWith = (publicKey: unknown): Map<string, unknown> =>
  new Map<string, unknown>([
    ['module_id', 'i-0123456789abcdef0-enc0123456789abcdef'],
    ['digest', 'SHA384'],
    ['timestamp', 1_700_000_000],
    ['pcrs', new Map([[0, Buffer.alloc(48)]])],
    ['certificate', Buffer.from('a certificate')],
    ['cabundle', [Buffer.from('another')]],
    ['public_key', publicKey],
    ['user_data', null],
    ['nonce', null],
  ])

/** The DER of a public key. */
export const spkiOf = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' })

/** An attested environment: its document, and what opens an answer for it. */
export const enclave = (
  modulusLength = 2048,
): { document: Buffer; open: (ciphertextForRecipient: Uint8Array) => Buffer } => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength })
  return {
    document: attestation(claimsWith(spkiOf(createPublicKey(privateKey)))),
    open: (ciphertext) => {
      const key = Buffer.from(privateKey.export({ format: 'pem', type: 'pkcs8' }))
      const args = ['-decrypt', '-inform', 'DER', '-binary', '-in', '$ciphertext', '-inkey', '$key']
      return opensslOutput(['cms', ...args], { ciphertext, key })
    },
  }
}
