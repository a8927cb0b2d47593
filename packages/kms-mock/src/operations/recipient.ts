import type { KeyObject } from 'node:crypto'
import { asBuffer } from '../bytes.js'
import { readAttestationDocument } from '../cryptography/attestation-document.js'
import { sealEnvelopedData } from '../cryptography/enveloped-data.js'
import { validationError } from '../errors.js'

/** The `Recipient` of a request, as the model has it. */
export interface Recipient {
  KeyEncryptionAlgorithm?: 'RSAES_OAEP_SHA_256'
  AttestationDocument?: Uint8Array
}

/**
 * The public key of an attested environment, if the answer is for one alone (Developer Guide, "Cryptographic
 * attestation support"). Who signed the document isn't looked at: whoever has a key can have one made.
 * @throws KmsError ValidationException
 * @throws CryptographyError ATTESTATION_INVALID
 */
export const recipientOf = (recipient: Recipient | undefined): KeyObject | undefined => {
  if (recipient === undefined) return undefined
  const { AttestationDocument: document, KeyEncryptionAlgorithm: algorithm } = recipient
  if (document === undefined || algorithm === undefined) {
    throw validationError('Recipient must have both an AttestationDocument and a KeyEncryptionAlgorithm.')
  }
  return readAttestationDocument(asBuffer(document))
}

/** The member of an answer that carries plaintext: for its recipient, if there is one; the plaintext is wiped then. */
export const handOver = (
  recipient: KeyObject | undefined,
  member: string,
  plaintext: Buffer,
): Readonly<Record<string, Buffer>> => {
  if (recipient === undefined) return { [member]: plaintext }
  try {
    return { CiphertextForRecipient: sealEnvelopedData(recipient, plaintext) }
  } finally {
    plaintext.fill(0)
  }
}
