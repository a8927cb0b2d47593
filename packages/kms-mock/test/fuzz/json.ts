/** A document as JSON has it. */
export type Json = null | boolean | number | string | Json[] | JsonObject
export interface JsonObject {
  [name: string]: Json
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Sets a member, `__proto__` among them, as a parser does. */
export const put = (container: JsonObject | Json[], name: string | number, value: Json): void => {
  Object.defineProperty(container, name, { value, writable: true, enumerable: true, configurable: true })
}

/** A place of a document. */
export interface Site {
  readonly container: JsonObject | Json[]
  readonly name: string | number
  readonly value: Json
}

const membersOf = (container: JsonObject | Json[]): Site[] =>
  (Array.isArray(container) ? [...container.entries()] : Object.entries(container)).map(([name, value]) => ({
    container,
    name,
    value,
  }))

/** Every place of a document, but for its root. A loop, for documents may be deep. */
export const sitesOf = (root: JsonObject | Json[]): Site[] => {
  const sites = membersOf(root)
  for (const { value } of sites) {
    if (typeof value === 'object' && value !== null) for (const site of membersOf(value)) sites.push(site)
  }
  return sites
}

/** A token that JSON.stringify has no value for, such as `1e400`; {@link jsonText} writes it as it is. */
export const rawToken = (token: string): string => `@@raw:${token}@@`

export const jsonText = (value: Json): string => JSON.stringify(value).replaceAll(/"@@raw:([^"@]*)@@"/g, '$1')

/** An input of an operation, as it travels: blobs in base64, timestamps in seconds. */
export const toWire = (value: unknown): Json => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (value instanceof Date) return value.getTime() / 1000
  if (Array.isArray(value)) return value.map(toWire)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toWire(member)]))
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return null
}
