/** A JSON object. Members that are null count as absent: some writers name what they leave out. */
export type JsonObject = Readonly<Record<string, unknown>>

export function jsonObject(value: unknown): JsonObject | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null))
}

export function jsonText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

export function jsonNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

const isText = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string'

/** An object whose values are all strings. */
export function jsonTexts(value: unknown): Readonly<Record<string, string>> | undefined {
  const entries = Object.entries(jsonObject(value) ?? { none: undefined })
  return entries.every(isText) ? Object.fromEntries(entries) : undefined
}
