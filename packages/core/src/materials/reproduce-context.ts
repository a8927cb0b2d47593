import { EnvelopeError, InputError } from '../errors.js'
import { checkContext, reservedContextPrefix, type EncryptionContext } from './encryption-context.js'

export interface ReproducedContext {
  /** Stored and reproduced pairs. */
  readonly encryptionContext: EncryptionContext
  /** Keys of the reproduced pairs that are not stored. */
  readonly requiredContextKeys: readonly string[]
  /** Keys of all reproduced pairs. */
  readonly reproducedContextKeys: readonly string[]
}

const none: readonly string[] = []

/**
 * The context that a message must be authentic under: the pairs of its header and those that the caller reproduces
 * (framework/cmm-interface.md#decrypt-materials). Throws INVALID_CONTEXT, CONTEXT_NOT_REPRODUCED where a pair
 * contradicts the header.
 */
export function reproduceContext(
  stored: EncryptionContext,
  reproduced: EncryptionContext | undefined,
): ReproducedContext {
  if (reproduced === undefined) {
    return { encryptionContext: stored, requiredContextKeys: none, reproducedContextKeys: none }
  }
  checkContext(reproduced)
  const reproducedContextKeys = Object.keys(reproduced)
  const requiredContextKeys = reproducedContextKeys.filter((key) => !Object.hasOwn(stored, key))
  for (const [key, value] of Object.entries(reproduced)) {
    if (Object.hasOwn(stored, key) && stored[key] !== value) {
      throw new EnvelopeError(
        'CONTEXT_NOT_REPRODUCED',
        'The encryption context of the message has another value for a reproduced key',
      )
    }
  }
  if (requiredContextKeys.some((key) => key.startsWith(reservedContextPrefix))) {
    throw new InputError('INVALID_CONTEXT', `Context keys may not start with "${reservedContextPrefix}"`)
  }
  if (requiredContextKeys.length === 0) {
    return { encryptionContext: stored, requiredContextKeys: none, reproducedContextKeys }
  }
  const all = Object.assign(Object.setPrototypeOf({}, null), stored)
  for (const key of requiredContextKeys) all[key] = reproduced[key]
  return { encryptionContext: Object.freeze(all), requiredContextKeys, reproducedContextKeys }
}
