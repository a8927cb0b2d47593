import { createPublicKey } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { readCbor } from './cbor.js'
import type { Cbor } from './cbor.js'
import { CryptographyError } from './cryptography-error.js'

/** The tag of COSE_Sign1 (RFC 9052, section 4.2), which documents may have or not. */
const coseSign1 = 18

const smallestModulus = 2048

const invalid = (what: string, cause?: unknown): CryptographyError =>
  new CryptographyError('ATTESTATION_INVALID', `The attestation document ${what}`, { cause })

const parsed = (bytes: Buffer): Cbor => {
  try {
    return readCbor(bytes)
  } catch (cause) {
    throw invalid('is not well-formed', cause)
  }
}

/** COSE_Sign1: protected headers, unprotected headers, payload, signature. */
const payloadOf = (document: Buffer): Buffer => {
  const outer = parsed(document)
  const tagged = typeof outer === 'object' && outer !== null && 'tag' in outer && outer.tag === coseSign1
  const sign1 = tagged ? outer.value : outer
  if (!Array.isArray(sign1) || sign1.length !== 4) throw invalid('is not a COSE_Sign1 structure')
  const [headers, more, payload, signature]: readonly Cbor[] = sign1
  if (
    !Buffer.isBuffer(headers) ||
    !(more instanceof Map) ||
    !Buffer.isBuffer(payload) ||
    !Buffer.isBuffer(signature)
  ) {
    throw invalid('is not a COSE_Sign1 structure')
  }
  return payload
}

const rsaKeyOf = (spki: Buffer): KeyObject => {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' })
  } catch (cause) {
    throw invalid('has no valid public key', cause)
  }
}

/**
 * The RSA public key in an attestation document of a Nitro enclave or a NitroTPM (Nitro Enclaves User Guide,
 * "Verifying the root of trust": COSE_Sign1 around a map that has `public_key`, DER). Neither the signature of the document
 * nor its certificates are verified: AWS alone can make them, and tests need documents of their own.
 * Throws `ATTESTATION_INVALID`.
 */
export const readAttestationDocument = (document: Buffer): KeyObject => {
  const claims = parsed(payloadOf(document))
  if (!(claims instanceof Map)) throw invalid('has no claims')
  const found: unknown = claims.get('public_key')
  if (!Buffer.isBuffer(found)) throw invalid('has no public key')
  const key = rsaKeyOf(found)
  if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < smallestModulus) {
    throw invalid(`has a public key that is not RSA of ${smallestModulus} bits or more`)
  }
  return key
}
