import { randomBytes } from 'node:crypto'
import { craftRawAesDataKey } from './craft-data-key.js'
import { craftMessage } from './craft-message.js'
import { craftSigner } from './craft-signer.js'
import { publicKeyContextKey, referenceKeys } from './fixture.js'
import { serializeReferenceContext } from './reference-context.js'
import type { ReferenceSuite } from './reference-suites.js'

const signers = { 'P-256': craftSigner('P-256'), 'P-384': craftSigner('P-384') }

/** An unframed message, right in everything, with a data key for each key of the fixture: client-node writes none. */
export function craftUnframed(
  { id: suiteId, format, keyLength, signature }: ReferenceSuite,
  encryptionContext: Readonly<Record<string, string>>,
  content: Uint8Array,
): Buffer {
  const signer = signature === undefined ? undefined : signers[signature.curve]
  const context = new Map(Object.entries(encryptionContext))
  if (signer !== undefined) context.set(publicKeyContextKey, signer.compressedPoint.toString('base64'))
  const serializedContext = serializeReferenceContext(context)
  const dataKey = randomBytes(keyLength)
  return craftMessage({
    suiteId,
    messageId: randomBytes(format === 1 ? 16 : 32),
    dataKey,
    serializedContext,
    dataKeys: referenceKeys.map((key) => craftRawAesDataKey(key, dataKey, serializedContext)),
    unframed: { content },
    ...(signer === undefined ? {} : { signWith: signer.privateKey }),
  })
}
