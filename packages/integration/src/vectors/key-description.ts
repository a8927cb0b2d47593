import { jsonObject, jsonText, type JsonObject } from './json-shape.js'

/** One key of a reader: `type` tells the kind, the other members depend on it. */
export interface KeyDescription extends JsonObject {
  readonly type: string
}

export interface ReadersKeys {
  readonly keys: readonly KeyDescription[]
  readonly requiredContextKeys: readonly string[]
}

const together = (parts: readonly (ReadersKeys | undefined)[]): ReadersKeys | undefined => {
  const known = parts.filter((part) => part !== undefined)
  if (known.length === 0 || known.length < parts.length) return undefined
  return {
    keys: known.flatMap(({ keys }) => keys),
    requiredContextKeys: known.flatMap(({ requiredContextKeys }) => requiredContextKeys),
  }
}

/** Key descriptions that hold others (framework/test-vectors/key-description.md#contents). */
const containers = new Map<string, (description: JsonObject) => ReadersKeys | undefined>([
  [
    'multi-keyring',
    ({ generator, childKeyrings = [] }) => {
      if (!Array.isArray(childKeyrings)) return undefined
      return readersKeys(generator === undefined ? childKeyrings : [generator, ...childKeyrings])
    },
  ],
  [
    'required-encryption-context-cmm',
    ({ underlying, requiredEncryptionContextKeys: required = [] }) => {
      const inner = readersKeys(underlying)
      if (!inner || !Array.isArray(required) || !required.every((key) => typeof key === 'string'))
        return undefined
      return { ...inner, requiredContextKeys: [...inner.requiredContextKeys, ...required] }
    },
  ],
])

/** The keys that a description, or a list of them, comes down to; `undefined` for an unknown shape or none at all. */
export function readersKeys(value: unknown): ReadersKeys | undefined {
  if (Array.isArray(value)) return together(value.map(readersKeys))
  const description = jsonObject(value)
  const type = jsonText(description?.['type'])
  if (!description || type === undefined) return undefined
  const container = containers.get(type)
  return container ? container(description) : { keys: [{ ...description, type }], requiredContextKeys: [] }
}
