import { contentOf, encodeDer, encodeInteger, readDerSequence, readInteger, tags } from './der.js'

/** PrivateKeyInfo (RFC 5958, version 1): the algorithm identifier is given in DER. */
export const encodePkcs8 = (algorithm: Buffer, privateKey: Buffer): Buffer =>
  encodeDer(tags.sequence, encodeInteger(0n), algorithm, encodeDer(tags.octetString, privateKey))

/** The private key in PKCS#8 of exactly this algorithm identifier; undefined for anything else. */
export const readPkcs8 = (bytes: Buffer, algorithm: Buffer): Buffer | undefined => {
  const [version, identifier, privateKey] = readDerSequence(bytes) ?? []
  const number = readInteger(version)
  // Version 2 adds the public key (RFC 5958, section 2), which follows from the private one.
  if (number !== 0n && number !== 1n) return undefined
  const content = contentOf(identifier, tags.sequence)
  if (content === undefined || !encodeDer(tags.sequence, content).equals(algorithm)) return undefined
  return contentOf(privateKey, tags.octetString)
}

/** SubjectPublicKeyInfo (RFC 5280, section 4.1). */
export const encodeSpki = (algorithm: Buffer, publicKey: Uint8Array): Buffer =>
  encodeDer(tags.sequence, algorithm, encodeDer(tags.bitString, Buffer.of(0), publicKey))

/** The bits of a SubjectPublicKeyInfo of exactly this algorithm identifier; undefined for anything else. */
export const readSpki = (bytes: Buffer, algorithm: Buffer): Buffer | undefined => {
  const [identifier, publicKey, ...more] = readDerSequence(bytes) ?? []
  const content = contentOf(identifier, tags.sequence)
  if (content === undefined || more.length > 0) return undefined
  if (!encodeDer(tags.sequence, content).equals(algorithm)) return undefined
  const bits = contentOf(publicKey, tags.bitString)
  return bits?.[0] === 0 ? bits.subarray(1) : undefined
}
