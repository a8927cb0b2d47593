/** A key that is there from the start, for test suites that have its ARN in their data. */
export interface PresetKey {
  /** For example `us-east-1`. */
  region: string
  /** Twelve digits; the KMS's own account by default. */
  accountId?: string
  /** A UUID, or `mrk-` and 32 hexadecimal digits: a multi-Region key, whose first region is its primary. */
  keyId: string
  /** 32 bytes in base64. */
  material: string
  /** An alias for it, with its prefix `alias/`. */
  alias?: string
  description?: string
}
