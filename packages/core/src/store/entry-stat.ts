export interface EntryStat {
  readonly name: string
  readonly revision: number
  /** The arbiter's. */
  readonly digest: string
  /** Of the sealed bytes. */
  readonly size: number
  /** This store object has made or opened this tombstone. Absent says nothing: telling needs the key. */
  readonly destroyed?: true
  /** One for each location, in the order of the store's locations. */
  readonly copies: readonly CopyStat[]
}

export interface CopyStat {
  readonly location: string
  /** In relation to the arbiter's record. */
  readonly state: 'agreed' | 'differs' | 'missing' | 'unreachable'
  readonly digest?: string
  readonly size?: number
  /** The service itself vouches for the digest. */
  readonly attested?: boolean
  /** Why it could not be asked. */
  readonly code?: string
  readonly message?: string
}
