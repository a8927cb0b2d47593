import { createECDH } from 'node:crypto'
import { fromBigInt, toBigInt } from './big-integers.js'
import { sm2Parameters } from './sm2-parameters.js'

/** A curve in short Weierstrass form, its arithmetic that of OpenSSL. */
export interface Curve {
  /** OpenSSL's name. */
  readonly name: string
  /** The length of a coordinate and of a private key. */
  readonly bytes: number
  /** The order of the generator. */
  readonly order: bigint
  /** AlgorithmIdentifier with the named curve (RFC 5480, section 2.1.1), DER. */
  readonly algorithm: Buffer
}

const curve = (name: string, bytes: number, order: bigint, algorithm: string): Curve => ({
  name,
  bytes,
  order,
  algorithm: Buffer.from(algorithm, 'hex'),
})

/** SEC 2, sections 2.4 and 2.5; FIPS 186-5 and SP 800-186, section 3.2.1; GB/T 32918.5 for SM2. */
export const curves = {
  ECC_NIST_P256: curve(
    'prime256v1',
    32,
    0xffffffff_00000000_ffffffff_ffffffff_bce6faad_a7179e84_f3b9cac2_fc632551n,
    '301306072a8648ce3d020106082a8648ce3d030107',
  ),
  ECC_NIST_P384: curve(
    'secp384r1',
    48,
    0xffffffff_ffffffff_ffffffff_ffffffff_ffffffff_ffffffff_c7634d81_f4372ddf_581a0db2_48b0a77a_ecec196a_ccc52973n,
    '301006072a8648ce3d020106052b81040022',
  ),
  ECC_NIST_P521: curve(
    'secp521r1',
    66,
    0x01ff_ffffffff_ffffffff_ffffffff_ffffffff_ffffffff_ffffffff_ffffffff_fffffffa_51868783_bf2f966b_7fcc0148_f709a5d0_3bb5c9b8_899c47ae_bb6fb71e_91386409n,
    '301006072a8648ce3d020106052b81040023',
  ),
  ECC_SECG_P256K1: curve(
    'secp256k1',
    32,
    0xffffffff_ffffffff_ffffffff_fffffffe_baaedce6_af48a03b_bfd25e8c_d0364141n,
    '301006072a8648ce3d020106052b8104000a',
  ),
  SM2: curve('SM2', 32, sm2Parameters.n, '301306072a8648ce3d020106082a811ccf5501822d'),
} as const satisfies Record<string, Curve>

/** A key spec whose keys are points on one of {@link curves}. */
export type CurveSpec = keyof typeof curves

/** Whether the keys of a spec are points on one of {@link curves}. */
export const isCurveSpec = (spec: string): spec is CurveSpec => Object.hasOwn(curves, spec)

/** An affine point. */
export interface Point {
  readonly x: bigint
  readonly y: bigint
}

/** Splits an uncompressed point (SEC 1, section 2.3.3). */
export const readPoint = ({ bytes }: Curve, uncompressed: Buffer): Point => ({
  x: toBigInt(uncompressed.subarray(1, 1 + bytes)),
  y: toBigInt(uncompressed.subarray(1 + bytes)),
})

/** The public key of a private key, uncompressed. Throws unless the scalar is from 1 to order - 1. */
export const publicPoint = ({ name }: Curve, scalar: Buffer): Buffer => {
  const ecdh = createECDH(name)
  ecdh.setPrivateKey(scalar)
  return ecdh.getPublicKey()
}

/** scalar × generator, for a scalar from 1 to order - 1. */
export const multiplyBase = (curve: Curve, scalar: bigint): Point =>
  readPoint(curve, publicPoint(curve, fromBigInt(scalar, curve.bytes)))

/** A scalar from 1 to order - 2, which SM2 asks for, drawn until one fits (FIPS 186-5, A.4.2 and GB/T 32918.1, 6.1). */
export const drawScalar = ({ bytes, order }: Curve, draw: (length: number) => Buffer): bigint => {
  const excessBits = BigInt(8 * bytes - order.toString(2).length)
  for (;;) {
    const candidate = toBigInt(draw(bytes)) >> excessBits
    if (candidate > 0n && candidate < order - 1n) return candidate
  }
}
