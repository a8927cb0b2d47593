import { encodeBody } from './encode-body.js'
import { encodeHeader } from './encode-header.js'
import { lengthPrefixed } from './message-fields.js'
import { deriveKeys, encodedPublicKey, sign } from './message-keys.js'
import type { MessagePlan } from './message-plan.js'

/**
 * Writes an AWS Encryption SDK message from a plan in which nothing is random. Slow, literal, and independent of
 * the engine in core, so that the vectors also test the engine. Comments cite the AWS Encryption SDK specification.
 */
export function encodeMessage(plan: MessagePlan): Buffer {
  const { encryptionKey, commitKey } = deriveKeys(plan)
  const publicKey = encodedPublicKey(plan)
  const context = { ...plan.context, ...(publicKey && { 'aws-crypto-public-key': publicKey }) }
  const unsigned = Buffer.concat([
    encodeHeader(plan, context, encryptionKey, commitKey),
    encodeBody(plan, encryptionKey),
  ])
  if (!plan.suite.signature) return unsigned
  // client-apis/encrypt.md#construct-the-signature: over header and body.
  const right = sign(plan, unsigned)
  const { faults = {} } = plan
  const signature = faults.signature ? faults.signature(right) : right
  return signature ? Buffer.concat([unsigned, lengthPrefixed(signature)]) : unsigned
}
