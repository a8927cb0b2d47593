import type { MaterialsSource } from '@sealring/core/envelope'
import type { CachingMaterialsManager } from '@sealring/core/keyring'
import type { AuthenticPieces } from './authentic-pieces.js'
import type { FuzzedClient, FuzzedEngine } from './engine.js'
import type { FuzzCase } from './make-case.js'
import type { Outcome } from './outcome.js'

export type ClientName = 'usual' | 'strict' | 'unsorted'

/** Made once for a run. */
export interface Bench {
  readonly engine: FuzzedEngine
  readonly clients: Readonly<Record<ClientName, FuzzedClient>>
  readonly keyrings: {
    readonly direct: MaterialsSource
    readonly throughAwsClasses: MaterialsSource
    readonly rawAes: MaterialsSource
    readonly several: MaterialsSource
    /** Materials of the raw AES keyring, cached. */
    readonly cached: CachingMaterialsManager
    /** Of the direct keyring, where `tenant` is reproduced. */
    readonly requiring: MaterialsSource
  }
  /** The engine has `decryptStream`. */
  readonly streams: boolean
  /** The plaintext of a message that stands in the corpus. */
  readonly recorded: (message: Buffer) => Buffer | undefined
  /** Notes that something was seen, for the summary. */
  readonly count: (what: string, which: string) => void
}

/** One case, and what is known of it. */
export interface Attempt {
  readonly bench: Bench
  readonly fuzzCase: FuzzCase
  readonly keyring: MaterialsSource
  /** The keyring is the raw AES one. */
  readonly rawAes: boolean
  /** How the usual client's `decrypt` ended. Every other target is compared with that. */
  readonly whole: Outcome
  /** What may be released; found out when it is asked for. */
  readonly authentic: () => AuthenticPieces | undefined
  readonly fault: (what: string) => void
}

/** One way to open or read a message, and what it promises. */
export interface Target {
  readonly name: string
  /** It runs in one of so many cases. */
  readonly every: number
  readonly isThere: (bench: Bench) => boolean
  readonly applies?: (attempt: Attempt) => boolean
  readonly run: (attempt: Attempt) => Promise<void> | void
}
