import { generateKeyPairSync, type KeyObject } from 'node:crypto'

export interface CraftedSigner {
  readonly privateKey: KeyObject
  /** The point as the context has it: compressed, not yet base64. */
  readonly compressedPoint: Buffer
  readonly uncompressedPoint: Buffer
}

/** A new key pair for the signature of a crafted message. */
export function craftSigner(namedCurve: 'P-256' | 'P-384'): CraftedSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve })
  const { x, y } = publicKey.export({ format: 'jwk' })
  const coordinates = [Buffer.from(x ?? '', 'base64url'), Buffer.from(y ?? '', 'base64url')] as const
  const form = Buffer.from([2 + (coordinates[1].at(-1)! & 1)])
  return {
    privateKey,
    compressedPoint: Buffer.concat([form, coordinates[0]]),
    uncompressedPoint: Buffer.concat([Buffer.from([4]), ...coordinates]),
  }
}
