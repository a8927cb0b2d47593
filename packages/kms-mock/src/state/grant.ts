/** The conditions of a grant, in AWS's own spelling. */
export interface GrantConstraints {
  readonly EncryptionContextSubset?: Readonly<Record<string, string>>
  readonly EncryptionContextEquals?: Readonly<Record<string, string>>
  readonly SourceArn?: string
}

/** A grant on a key. Stored, not enforced yet. */
export interface Grant {
  /** 64 hexadecimal digits. */
  readonly grantId: string
  readonly createdAt: number
  /** The account whose caller made it. */
  readonly issuingAccount: string
  readonly name?: string
  readonly granteePrincipal?: string
  readonly granteeServicePrincipal?: string
  readonly retiringPrincipal?: string
  readonly retiringServicePrincipal?: string
  readonly operations: readonly string[]
  readonly constraints?: GrantConstraints
  /** Authenticates its tokens: 64 hexadecimal digits. */
  readonly tokenKey: string
}
