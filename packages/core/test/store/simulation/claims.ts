import { inspectHeader } from '#src/envelope/index.js'

/** What a blob says in its header, which nobody has authenticated yet. */
export function claims(bytes: Uint8Array): { readonly [key: string]: string | undefined } {
  try {
    return inspectHeader(bytes).encryptionContext
  } catch {
    return {}
  }
}
