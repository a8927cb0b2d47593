import {
  serializeContext,
  serializeContextByLocale,
  type EncryptionContext,
} from '../materials/encryption-context.js'

/** The serializations that a data key may be wrapped under, the usual one first. */
export function* contextSerializations(context: EncryptionContext): Generator<Buffer> {
  const sorted = serializeContext(context)
  yield sorted
  // AWS's classes for JavaScript sort by locale unless told otherwise, so that other SDKs can't open what they wrapped
  // when keys differ in case or script. Such data keys are read here, never written.
  const byLocale = serializeContextByLocale(context)
  if (!byLocale.equals(sorted)) yield byLocale
}
