import { keyArn, keyArnList } from './state/arn.js'
import type { KmsKey } from './state/key.js'

// Callers get these lists.
const noArns: readonly string[] = Object.freeze([])

/** The ARNs of keys, for the audit; those of one key are always the same list, since it keeps thousands of them. */
export const arnsOf = (keys: ReadonlySet<KmsKey>): readonly string[] => {
  const [key] = keys
  if (key === undefined) return noArns
  // What `prepare` and `run` both found may be two objects, of a state that was read anew.
  return keys.size > 1 ? [...new Set(Array.from(keys, keyArn))] : keyArnList(key)
}
