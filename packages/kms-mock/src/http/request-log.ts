/** One request over HTTP, for a log: never plaintext, ciphertext or key bytes. */
export interface RequestLogEntry {
  /** When it was answered, by the machine's clock, not by the KMS's: ISO 8601. */
  time: string
  /** Method and path of a request that called no operation. */
  request?: string
  operation?: string | undefined
  accountId?: string | undefined
  region?: string | undefined
  /** ARNs of the KMS keys that it resolved. */
  keyArns?: readonly string[] | undefined
  /** The HTTP status; absent if the connection was cut instead (`faults.setRegionDown`). */
  status?: number | undefined
  /** The error's name, if it got one. */
  error?: string | undefined
  /** From the request's last byte to the answer's first, in milliseconds. */
  durationMs: number
}

/** Takes an entry at a time; must not throw. */
export type RequestLog = (entry: RequestLogEntry) => void
