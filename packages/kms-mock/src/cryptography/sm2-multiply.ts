import type { Point } from './curves.js'
import { sm2Parameters } from './sm2-parameters.js'

/**
 * scalar × point. OpenSSL tells x alone, and not even that on Node 24, whose ECDH takes SM2 key pairs for
 * invalid; so the arithmetic is the library's. Rejects for what is not a point of the curve.
 */
export const sm2Multiply = async (scalar: bigint, point: Point): Promise<Point> => {
  const { weierstrass } = await import('@noble/curves/abstract/weierstrass.js')
  const factor = weierstrass(sm2Parameters).fromAffine(point)
  factor.assertValidity()
  return factor.multiply(scalar).toAffine()
}
