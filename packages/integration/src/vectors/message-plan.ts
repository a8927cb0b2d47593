import type { MessageSuite } from './message-suites.js'

export type Context = Readonly<Record<string, string>>

/** A message in which nothing is left to chance: the same plan gives the same bytes. */
export interface MessagePlan {
  suite: MessageSuite
  plaintext: Buffer
  /** Every pair, the required ones included; a signed suite's public key is added. */
  context: Context
  /** Keys of the pairs that are authenticated but not stored (framework/required-encryption-context-cmm.md). */
  requiredKeys?: readonly string[]
  /** Bytes in a frame, or 'unframed'. */
  frameLength: number | 'unframed'
  dataKey: Buffer
  /** 16 bytes in format 1, 32 in format 2. */
  messageId: Buffer
  wrappings: readonly RawAesWrapping[]
  /** Private scalar, for the signed suites. */
  signingKey?: Buffer
  /** Of s and n − s take the larger; the other SDKs write either. */
  highS?: boolean
  /**
   * The IV of a frame; of the unframed body with 1, of the header with 0. By default the number itself, padded. The
   * first SDKs, until version 1.3 of August 2017, drew every IV at random.
   */
  ivOf?: (sequence: number) => Buffer
  /** After a last full frame, end with an empty final frame, which the specification allows. */
  emptyFinalFrame?: boolean
  faults?: MessageFaults
}

export interface RawAesWrapping {
  namespace: string
  name: string
  key: Buffer
  iv: Buffer
}

/** Each changes what is then authenticated and signed, so that only the named rule is broken. */
export interface MessageFaults {
  version?: number
  /** Format 1: 0x80. */
  type?: number
  suiteIdInHeader?: number
  contentType?: number
  /** Format 1: four bytes that must be zero. */
  reserved?: number
  /** Format 1: 12. */
  ivLength?: number
  frameLengthInHeader?: number
  commitKey?: (right: Buffer) => Buffer
  /** The serialized context as the header stores it; data keys are wrapped under the right one. */
  storedContext?: (right: Buffer) => Buffer
  /** The pairs under which the data keys are wrapped; right are all. */
  wrappedContext?: (right: Context) => Context
  /** The pairs that the header's tag covers behind the header body; right are those that aren't stored. */
  unstoredContext?: (right: Context) => Context
  /** Which bytes stand in the context as the public key; `undefined` for none. Right is the compressed point. */
  publicKey?: (compressed: Buffer, uncompressed: Buffer) => Buffer | undefined
  /** Which sequence numbers the frames get, in order; authenticated as given. */
  sequence?: readonly number[]
  /** The finished frames, or the one unframed body, before they are signed. */
  frames?: (frames: Buffer[]) => Buffer[]
  /** `undefined` leaves the whole footer out. */
  signature?: (right: Buffer) => Buffer | undefined
}
