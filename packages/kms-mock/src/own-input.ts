import { copyOf } from './bytes.js'
import { isFields } from './is-fields.js'

const ownValue = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return copyOf(value)
  if (value instanceof Date) return new Date(value)
  if (Array.isArray(value)) return value.map(ownValue)
  return isFields(value) ? ownInput(value) : value
}

/** A decoded input that shares nothing with the caller's, who may change that once the call has returned a promise. */
export const ownInput = (input: Record<string, unknown>): Record<string, unknown> => {
  const own: Record<string, unknown> = { __proto__: null }
  for (const [name, member] of Object.entries(input)) own[name] = ownValue(member)
  return own
}
