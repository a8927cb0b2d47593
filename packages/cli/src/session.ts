import type { Writable } from 'node:stream'

/** What one run of the command has around it. */
export interface Session {
  readonly stdin: AsyncIterable<Uint8Array> & { readonly isTTY?: boolean; destroy(error: Error): unknown }
  readonly stdout: Writable
  readonly stderr: Writable
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal
}

/** The options that every command takes. */
export interface GlobalOptions {
  json?: true
  config?: string
}
