/** A keyring that was to wrap the data key of a message, and without which it was sealed. Plain data. */
export interface MissingKey {
  /** Index in the `keyrings` of the `anyOf` that did without it. */
  readonly index: number
  /** Its class and what its `toJSON` shows, such as key ARNs. */
  readonly keyring: string
  /** `late`: it had not answered in time; `failed`: see `code`. */
  readonly reason: 'late' | 'failed'
  /** AWS's name of the failure, a system error's code, or the error's class. */
  readonly code?: string
}

/** AWS's materials have no place for it. */
const noted = new WeakMap<object, readonly MissingKey[]>()

/** Leaves a note at materials that a keyring has filled. */
export function noteMissingKeys(material: object, missing: readonly MissingKey[]): void {
  if (missing.length > 0) noted.set(material, [...missingKeysOf(material), ...missing])
}

export function missingKeysOf(material: object): readonly MissingKey[] {
  return noted.get(material) ?? []
}
