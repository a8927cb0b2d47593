import type { KeySpec, KeyUsage } from '../cryptography/key-specs.js'
import type { Tag } from './key.js'

/** A key that is there from the start, for test suites that have its ARN in their data. */
export interface PresetKey {
  /** For example `us-east-1`. */
  region: string
  /** Twelve digits; the KMS's own account by default. */
  accountId?: string
  /** A UUID, or `mrk-` and 32 hexadecimal digits: a multi-Region key, whose first region is its primary. */
  keyId: string
  /** Default SYMMETRIC_DEFAULT. */
  keySpec?: KeySpec
  /** Default: the only usage of the key spec, where it has one only. */
  keyUsage?: KeyUsage
  /**
   * In base64: 32 bytes for SYMMETRIC_DEFAULT, as many as its name says for HMAC; for key pairs the private key as PKCS #8
   * in DER, of ML-DSA and ML-KEM with the seed alone (RFC 9881, RFC 9935).
   */
  material: string
  /** An alias for it, with its prefix `alias/`. */
  alias?: string
  /** More aliases. */
  aliases?: readonly string[]
  description?: string
  tags?: readonly Tag[]
  /** Default true; a key that isn't is Disabled. */
  enabled?: boolean
}
