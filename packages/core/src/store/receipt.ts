/** What a put did, location by location. Plain data: it survives JSON. */
export interface Receipt {
  readonly store: string
  readonly name: string
  readonly revision: number
  /** SHA-256 of the sealed bytes, the same at every location. */
  readonly digest: string
  /** Of the sealed bytes. */
  readonly size: number
  readonly requestId: string
  readonly arbiter: string
  /** Whether the revision exists at the arbiter: 'unknown' when its acknowledgement was lost. */
  readonly committed: boolean | 'unknown'
  readonly copies: readonly CopyReceipt[]
}

export interface CopyReceipt {
  readonly location: string
  /** `stored`: confirmed to hold these bytes, by this call or before. */
  readonly outcome: 'stored' | 'failed' | 'unknown'
  /** Why not. */
  readonly code?: string
  readonly message?: string
}
