/** A value that is sometimes made on another thread, or with a library that is loaded first. */
export type Awaitable<T> = T | Promise<T>

/** Gives the next bytes of a stream, which the receiver owns; the same seed gives the same stream. */
export type Draw = (length: number) => Buffer

/** What a family of key specs knows about its key material. */
export interface MaterialKind {
  /** Material that depends on nothing but the drawn bytes. */
  readonly derive: (draw: Draw) => Awaitable<Buffer>
  /** Fresh material, where there is a better way than to derive it from random bytes. */
  readonly generate?: () => Promise<Buffer>
  /** The public key as SubjectPublicKeyInfo, DER. Absent for secrets. */
  readonly publicKey?: (material: Buffer) => Awaitable<Buffer>
  /** The same key as `derive` would write it, or undefined if the bytes are no such key. Never throws. */
  readonly check: (bytes: Buffer) => Awaitable<Buffer | undefined>
}
