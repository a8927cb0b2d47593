import type { OperationOutput } from './operations/output.js'

const copied = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(copied)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copied(member)]))
}

/** An output of which nothing is the KMS's own: a caller in the process may change it. Bytes and dates are always new. */
export const copyOutput = (output: OperationOutput): OperationOutput =>
  Object.fromEntries(Object.entries(output).map(([name, member]) => [name, copied(member)]))
