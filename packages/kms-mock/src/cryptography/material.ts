import type { KeySpec } from './key-specs.js'

/** A value that is sometimes made on another thread, or with a library that is loaded first. */
export type Awaitable<T> = T | Promise<T>

/** Gives the next bytes of a stream; the same seed gives the same stream. */
export type Draw = (length: number) => Buffer

/** What a family of key specs knows about its key material. */
export interface MaterialKind {
  /** Fresh material; slow kinds are made on the thread pool. */
  generate(): Promise<Buffer>
  /** Material that depends on nothing but the drawn bytes. */
  derive(draw: Draw): Awaitable<Buffer>
  /** The public key as SubjectPublicKeyInfo, DER. Absent for secrets. */
  publicKey?(material: Buffer): Awaitable<Buffer>
  /** The same key as we keep it, or undefined if the bytes are no such key. Never throws. */
  check(bytes: Buffer): Awaitable<Buffer | undefined>
}

const notYet = (): never => {
  throw new Error('not implemented yet')
}

/**
 * Fresh key material of a spec: raw bytes for SYMMETRIC_DEFAULT and HMAC, PKCS#8 DER for key pairs
 * (ML-DSA and ML-KEM as seeds, RFC 9881 and RFC 9935). The caller owns it, and hands the same Buffer
 * to every function: what is parsed from it is remembered by Buffer, which must not be written to.
 * It is also the private key of GenerateDataKeyPair.
 */
export const generateMaterial: (spec: KeySpec) => Promise<Buffer> = notYet

/** Key material from a deterministic stream of bytes: the same stream gives the same key. */
export const deriveMaterial: (spec: KeySpec, draw: Draw) => Awaitable<Buffer> = notYet

/** The public half as SubjectPublicKeyInfo, DER, as GetPublicKey returns it. Asymmetric specs only. */
export const publicKeyOf: (spec: KeySpec, material: Buffer) => Awaitable<Buffer> = notYet

/**
 * Whether bytes are a key of the spec in the format that ImportKeyMaterial takes: raw for symmetric
 * and HMAC keys, PKCS#8 for private keys. Gives the key as {@link generateMaterial} would, or undefined.
 */
export const checkMaterial: (spec: KeySpec, bytes: Buffer) => Awaitable<Buffer | undefined> = notYet
