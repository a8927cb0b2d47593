import type { KnownFault } from './known-faults.js'

export type Service = 's3' | 'dynamodb'

/** What a real service always checks and many servers don't: the request's signature, the body's checksum. */
export type ServerCheck = 'signature' | 'checksum'

export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** What every AWS SDK client needs to talk to a test server. */
export interface ClientOptions {
  readonly endpoint: string
  readonly region: string
  readonly credentials: Credentials
}

/** `ClientOptions` for an `S3Client`. */
export interface S3ClientOptions extends ClientOptions {
  readonly forcePathStyle: true
  /** Set where a server can't read the SDK's default checksums (s3rver stores their framing as content). */
  readonly requestChecksumCalculation?: 'WHEN_REQUIRED'
  readonly responseChecksumValidation?: 'WHEN_REQUIRED'
}

/** The process behind a server, for tests of outages. */
export interface ServerProcess {
  /** Of the server as last started. */
  readonly pid: number
  readonly guardPid: number
  /** Freezes the server: it takes connections and answers nothing. */
  pause(): void
  /** Lets a frozen server go on, its data intact. */
  resume(): void
  /** Ends the server at once, as a crash would: connections are refused, what it kept in memory is lost. */
  kill(): Promise<void>
  /** Starts a killed server again on the same port, with what it kept on disk; `SERVER_START_FAILED`. */
  restart(): Promise<void>
}

/** A server that answers on loopback (or where an environment variable says). */
export interface RunningServer<Options extends ClientOptions = ClientOptions> {
  readonly service: Service
  readonly id: string
  readonly endpoint: string
  readonly region: string
  readonly credentials: Credentials
  /** Pass this to the SDK's client as it stands. */
  readonly clientOptions: Options
  readonly knownFaults: readonly KnownFault[]
  /** What this server checks; empty for one from the environment, of which nothing is known. */
  readonly checks: readonly ServerCheck[]
  /** Absent when the server isn't ours: its endpoint came from the environment. */
  readonly process?: ServerProcess
  /** Ends the server and removes its data; may be called more than once; a no-op for a server that isn't ours. */
  stop(): Promise<void>
}

/** One row of the table of servers that this package knows how to start. */
export interface ServerKind<Options extends ClientOptions = ClientOptions> {
  readonly service: Service
  readonly id: string
  /** `npm`: a dependency of this package; `cache`: put into `.test-servers/` by `.ci/install-servers`. */
  readonly from: 'npm' | 'cache' | 'environment'
  readonly checks: readonly ServerCheck[]
  /** Why the server can't be started on this machine; undefined when it can. */
  unavailable(): Promise<string | undefined>
  /** Starts a server of its own on a free loopback port; throws `SERVER_UNAVAILABLE` or `SERVER_START_FAILED`. */
  start(): Promise<RunningServer<Options>>
}
