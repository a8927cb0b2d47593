import { keyArn } from './state/arn.js'
import type { KmsKey } from './state/key.js'

const knownArns = new WeakMap<KmsKey, readonly string[]>()
const noArns: readonly string[] = []

/** The ARNs of keys, for the audit; those of one key are kept, since it keeps thousands of them. */
export const arnsOf = (keys: ReadonlySet<KmsKey>): readonly string[] => {
  const [key] = keys
  if (key === undefined) return noArns
  // What `prepare` and `run` both found may be two objects, of a state that was read anew.
  if (keys.size > 1) return [...new Set(Array.from(keys, keyArn))]
  let arns = knownArns.get(key)
  if (arns === undefined) {
    arns = [keyArn(key)]
    knownArns.set(key, arns)
  }
  return arns
}
