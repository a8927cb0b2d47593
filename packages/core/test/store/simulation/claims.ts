import { inspect } from '#src/envelope/inspect.js'

/** What a blob says in its header, which nobody has authenticated yet. */
export function claims(bytes: Uint8Array): { readonly [key: string]: string | undefined } {
  try {
    return inspect(bytes).encryptionContext
  } catch {
    return {}
  }
}
