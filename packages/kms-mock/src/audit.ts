/** One call, as CloudTrail would note it: never plaintext, ciphertext or key bytes. */
export interface CallRecord {
  operation: string
  region: string
  accountId: string
  /** ARNs of the KMS keys that the call resolved. */
  keyArns: readonly string[]
  /** The error's name, if the call failed. */
  error?: string
  /** Milliseconds since the epoch, by the KMS's own clock. */
  at: number
}

/** What was called, how often. */
export interface Audit {
  /** How many calls there were: of all operations, or of one. Failed ones count. */
  count(operation?: string): number
  /** The latest calls, oldest first; at most {@link auditedCalls}. */
  list(): readonly CallRecord[]
  /** Forgets all calls. */
  clear(): void
}

/** How many call records are kept; counts go on beyond. */
export const auditedCalls = 10_000

/** Many more than KMS has. */
const countedOperations = 1000

/** The audit as the handler sees it. */
export interface AuditLog extends Audit {
  record(call: CallRecord): void
}

/** Makes an empty audit log, bounded in memory. */
export const createAudit = (): AuditLog => {
  /** Written over once there are as many as are kept: new ones that live so long would cost a tenth of a call. */
  let calls: (Omit<CallRecord, 'error'> & { error: string | undefined })[] = []
  /** Where the next one goes then. */
  let oldest = 0
  let counts = new Map<string, number>()
  let total = 0
  return {
    record: (call) => {
      total += 1
      // Requests may name any operation.
      if (counts.has(call.operation) || counts.size < countedOperations) {
        counts.set(call.operation, (counts.get(call.operation) ?? 0) + 1)
      }
      const { operation, region, accountId, keyArns, error, at } = call
      if (calls.length < auditedCalls) calls.push({ operation, region, accountId, keyArns, error, at })
      else {
        const record = calls[oldest]!
        record.operation = operation
        record.region = region
        record.accountId = accountId
        record.keyArns = keyArns
        record.error = error
        record.at = at
        oldest = (oldest + 1) % auditedCalls
      }
    },
    count: (operation) => (operation === undefined ? total : (counts.get(operation) ?? 0)),
    list: () =>
      [...calls.slice(oldest), ...calls.slice(0, oldest)].map(({ error, ...call }) =>
        error === undefined ? call : { ...call, error },
      ),
    clear: () => {
      calls = []
      oldest = 0
      counts = new Map()
      total = 0
    },
  }
}
