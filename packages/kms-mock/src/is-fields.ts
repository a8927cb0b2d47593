/** An object of which nothing is known. */
export type Fields = Record<string, unknown>

/** Whether this is an object, neither a list nor null. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
