import { ECDH } from 'node:crypto'
import { fromBigInt, toBigInt } from './big-integers.js'
import { curves, drawScalar, isCurveSpec, publicPoint } from './curves.js'
import type { Curve, CurveSpec } from './curves.js'
import {
  contentOf,
  encodeDer,
  encodeInteger,
  readDerElements,
  readDerSequence,
  readInteger,
  tags,
} from './der.js'
import { normalisedPkcs8 } from './key-objects.js'
import type { KeySpec } from './key-specs.js'
import type { MaterialKind } from './material-kind.js'
import { encodePkcs8, encodeSpki, readPkcs8 } from './pkcs8.js'

/** The numbers in EC key material. */
export interface EcKey {
  readonly curve: Curve
  /** As long as the curve's coordinates. */
  readonly scalar: Buffer
  readonly d: bigint
  /** The public point, uncompressed. */
  readonly point: Buffer
}

/** ECPrivateKey (RFC 5915) in PKCS#8, as OpenSSL writes it: with the public key, without the parameters. */
const encode = (curve: Curve, scalar: Buffer): Buffer =>
  encodePkcs8(
    curve.algorithm,
    encodeDer(
      tags.sequence,
      encodeInteger(1n),
      encodeDer(tags.octetString, scalar),
      encodeDer(tags.explicit1, encodeDer(tags.bitString, Buffer.of(0), publicPoint(curve, scalar))),
    ),
  )

const read = (curve: Curve, pkcs8: Buffer): EcKey | undefined => {
  const privateKey = readPkcs8(pkcs8, curve.algorithm)
  const elements = privateKey && readDerSequence(privateKey)
  if (readInteger(elements?.[0]) !== 1n) return undefined
  const scalar = contentOf(elements?.[1], tags.octetString)
  if (scalar?.length !== curve.bytes) return undefined
  const d = toBigInt(scalar)
  // SM2 divides by 1 + d (GB/T 32918.1, section 6.1).
  if (d === 0n || d >= curve.order - (curve === curves.SM2 ? 1n : 0n)) return undefined
  const point = publicPoint(curve, scalar)
  const wrapped = elements?.find(({ tag }) => tag === tags.explicit1)?.content
  if (wrapped !== undefined) {
    const stated = contentOf(readDerElements(wrapped)?.[0], tags.bitString)?.subarray(1)
    // The public key may be compressed; it must be that of the private key.
    if (stated === undefined || !uncompressed(curve, stated)?.equals(point)) return undefined
  }
  return { curve, scalar, d, point }
}

/** A point of the curve in any form of SEC 1, section 2.3.3, or undefined. */
export const uncompressed = ({ name }: Curve, point: Buffer): Buffer | undefined => {
  try {
    const converted = ECDH.convertKey(point, name, undefined, undefined, 'uncompressed')
    return Buffer.isBuffer(converted) ? converted : undefined
  } catch {
    return undefined
  }
}

const parsed = new WeakMap<Buffer, EcKey>()

/** What EC material says; parsed once for each Buffer. */
export const ecKeyOf = (spec: KeySpec, material: Buffer): EcKey => {
  const known = parsed.get(material)
  if (known !== undefined) return known
  const key = isCurveSpec(spec) ? read(curves[spec], material) : undefined
  if (key === undefined) throw new TypeError(`not key material of ${spec}`)
  parsed.set(material, key)
  return key
}

/** The material of keys on one curve. */
export const ecMaterial = (spec: CurveSpec): MaterialKind => {
  const curve = curves[spec]
  return {
    derive: (draw) => encode(curve, fromBigInt(drawScalar(curve, draw), curve.bytes)),
    publicKey: (material) => encodeSpki(curve.algorithm, ecKeyOf(spec, material).point),
    check: (bytes) => {
      const pkcs8 = normalisedPkcs8(bytes)?.pkcs8
      const key = pkcs8 && read(curve, pkcs8)
      return key && encode(curve, key.scalar)
    },
  }
}
