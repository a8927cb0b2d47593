import { createECDH, createHash, createPublicKey, verify } from 'node:crypto'
import { labelledBytes, type FuzzSuite } from './fuzz-suites.js'

type Curve = NonNullable<FuzzSuite['curve']>

const curves = {
  'P-256': {
    name: 'prime256v1',
    hash: 'sha256',
    length: 32,
    // SubjectPublicKeyInfo up to the compressed point (RFC 5480).
    spki: '3039301306072a8648ce3d020106082a8648ce3d030107032200',
    order: BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'),
  },
  'P-384': {
    name: 'secp384r1',
    hash: 'sha384',
    length: 48,
    spki: '3046301006072a8648ce3d020106052b81040022033200',
    order: BigInt(
      '0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
    ),
  },
} as const

function toBigInt(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`)
}

function modulo(value: bigint, order: bigint): bigint {
  const rest = value % order
  return rest < 0n ? rest + order : rest
}

/** By the extended Euclidean algorithm. */
function inverse(value: bigint, order: bigint): bigint {
  let [r0, r1] = [order, modulo(value, order)]
  let [t0, t1] = [0n, 1n]
  while (r1 > 0n) {
    const quotient = r0 / r1
    ;[r0, r1] = [r1, r0 - quotient * r1]
    ;[t0, t1] = [t1, t0 - quotient * t1]
  }
  return modulo(t0, order)
}

export function derInteger(value: bigint): Buffer {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  const padded = bytes[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes
  return Buffer.concat([Buffer.from([0x02, padded.length]), padded])
}

/** SEQUENCE { r, s } of integers under 2^500. */
export function derSignature(r: bigint, s: bigint): Buffer {
  const integers = Buffer.concat([derInteger(r), derInteger(s)])
  return Buffer.concat([Buffer.from([0x30, integers.length]), integers])
}

export interface RawSignature {
  readonly r: bigint
  readonly s: bigint
}

export interface DeterministicSigner {
  /** Compressed (SEC 1, 2.3.3). */
  readonly publicKey: Buffer
  readonly order: bigint
  readonly sign: (signed: Buffer) => RawSignature
  readonly verify: (signed: Buffer, der: Buffer) => boolean
}

/**
 * ECDSA whose nonce is chosen among four known ones, so that a case is the same bytes each time it is replayed. It
 * gives its private key away: for tests alone.
 */
function deterministicSigner(curve: Curve): DeterministicSigner {
  const { name, hash, length, order, spki } = curves[curve]
  const pair = (label: string) => {
    const ecdh = createECDH(name)
    ecdh.setPrivateKey(labelledBytes(`${curve} ${label}`, length).fill(0, 0, 1))
    return { secret: toBigInt(ecdh.getPrivateKey()), compressed: ecdh.getPublicKey(null, 'compressed') }
  }
  const { secret, compressed } = pair('signing key')
  const nonces = [0, 1, 2, 3].map((n) => {
    const nonce = pair(`nonce ${n}`)
    return {
      r: modulo(toBigInt(nonce.compressed.subarray(1)), order),
      inverted: inverse(nonce.secret, order),
    }
  })
  const key = createPublicKey({
    key: Buffer.concat([Buffer.from(spki, 'hex'), compressed]),
    format: 'der',
    type: 'spki',
  })
  return {
    publicKey: compressed,
    order,
    sign(signed) {
      const digest = createHash(hash).update(signed).digest()
      const { r, inverted } = nonces[digest[0]! & 3]!
      return { r, s: modulo(inverted * (toBigInt(digest) + r * secret), order) }
    },
    verify: (signed, der) => verify(hash, signed, key, der),
  }
}

const signers = new Map<Curve, DeterministicSigner>()

/** The signer of all messages under a curve. */
export function signerFor(curve: Curve): DeterministicSigner {
  let signer = signers.get(curve)
  if (signer === undefined) signers.set(curve, (signer = deterministicSigner(curve)))
  return signer
}
