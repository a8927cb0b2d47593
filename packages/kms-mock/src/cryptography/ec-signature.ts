import type { Curve } from './curves.js'
import { encodeDer, encodeInteger, readDerSequence, readInteger, tags } from './der.js'

/** The two numbers of an ECDSA or SM2 signature. */
export interface EcSignature {
  readonly r: bigint
  readonly s: bigint
}

/** Ecdsa-Sig-Value (RFC 3279, section 2.2.3); GM/T 0009 has the same for SM2. */
export const encodeEcSignature = ({ r, s }: EcSignature): Buffer =>
  encodeDer(tags.sequence, encodeInteger(r), encodeInteger(s))

/** Reads the one DER spelling of a signature with numbers from 1 to order - 1, or undefined. */
export const readEcSignature = ({ order }: Curve, bytes: Buffer): EcSignature | undefined => {
  const elements = readDerSequence(bytes)
  const [r, s] = [readInteger(elements?.[0]), readInteger(elements?.[1])]
  if (elements?.length !== 2 || !r || !s || r >= order || s >= order) return undefined
  return { r, s }
}
