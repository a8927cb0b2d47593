import { copyOf } from './bytes.js'
import { isFields } from './is-fields.js'
import type { OperationOutput } from './operations/output.js'

type Entries = (readonly [name: string, value: unknown])[]
/** Makes an object of its members. */
type Make = (entries: Entries) => Record<string, unknown>

const copyValue = (value: unknown, make: Make): unknown => {
  if (value instanceof Uint8Array) return copyOf(value)
  if (value instanceof Date) return new Date(value)
  if (Array.isArray(value)) return value.map((item) => copyValue(item, make))
  return isFields(value) ? copyFields(value, make) : value
}

const copyFields = (fields: Readonly<Record<string, unknown>>, make: Make): Record<string, unknown> =>
  make(Object.entries(fields).map(([name, value]) => [name, copyValue(value, make)] as const))

// As decoded: what a caller calls `__proto__` or `toString` is a member like others, and none is inherited.
const bare: Make = (entries) => Object.assign({ __proto__: null }, Object.fromEntries(entries))

/** A decoded input that shares nothing with the caller's, who may change that once the call has returned a promise. */
export const ownInput = (input: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  copyFields(input, bare)

/** An output of which nothing is the KMS's own: a caller in the process may change it. */
export const copyOutput = (output: OperationOutput): OperationOutput => copyFields(output, Object.fromEntries)
