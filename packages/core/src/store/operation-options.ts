export interface AbortOptions {
  signal?: AbortSignal | undefined
  /**
   * Milliseconds for the whole operation. When they are over it ends: a `put`, `complete` or `destroy` that may have written
   * with its INCOMPLETE error, whose `details` is the receipt; everything else, and they if nothing was written, with
   * DEADLINE_EXCEEDED. Default: no limit.
   */
  timeout?: number | undefined
}

export interface PutOptions extends AbortOptions {
  /** Encryption context: authenticated, public (it stands in the header and in CloudTrail). */
  context?: Readonly<Record<string, string>>
  /** How many copies must confirm, the arbiter's included. Default: all locations. */
  copies?: number
  /** Compare-and-set: write only if this is still the latest revision; `0` for "the name is new". */
  ifRevision?: { revision: number; digest: string } | 0
  /**
   * Lets a restarted process recognise the revision it wrote, among the latest 16, and complete it instead of writing
   * another: 1 to 128 visible ASCII characters, public. Costs a read of each of them. Default: random, not searched for.
   */
  requestId?: string
}

export interface DestroyOptions extends AbortOptions {
  /** One revision … */
  revision?: number
  /** … or all that there are. */
  all?: true
  /** Noted in the tombstones: 1 to 128 visible ASCII characters, public. Default: random. */
  requestId?: string
}

export interface GetOptions extends AbortOptions {
  /** A revision instead of the latest. */
  revision?: number
  /** How the latest revision is found. Default 'nearest'. */
  freshness?: 'nearest' | 'arbiter' | 'all'
  /** Pairs that the entry's encryption context must contain. */
  context?: Readonly<Record<string, string>>
}

export interface StatOptions extends AbortOptions {
  /** A revision instead of the latest. */
  revision?: number
}

export interface ListOptions extends AbortOptions {
  prefix?: string
}

export interface VerifyOptions extends AbortOptions {
  /** Only names that start with these characters. */
  prefix?: string
  /** Open the arbiter's copies with the keyring and check the chain of digests too. Default false. */
  open?: boolean
  /** Called after each name. */
  onProgress?: (progress: { names: number; revisions: number }) => void
}

export interface RepairOptions extends AbortOptions {
  prefix?: string
  onProgress?: (progress: { names: number; revisions: number; writes: number }) => void
}
