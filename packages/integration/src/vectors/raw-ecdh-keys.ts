import type { KeyringNode } from '@aws-crypto/material-management-node'
import { rawEcdhKeyring, type EcdhCurve } from '@sealring/core/keyring'
import { jsonText, type JsonObject } from './json-shape.js'
import type { KeyDescription } from './key-description.js'
import { VectorError } from './vector-error.js'

/** The names that the material providers library gives them. */
const curves = new Map<unknown, EcdhCurve>([
  ['ecc-256', 'P-256'],
  ['ecc-384', 'P-384'],
  ['ecc-521', 'P-521'],
])

function textOf(key: JsonObject | undefined, member: string): string {
  const text = jsonText(key?.[member])
  if (text === undefined) throw new VectorError('VECTOR_KEY_INVALID', `A key for raw-ecdh has no ${member}`)
  return text
}

/**
 * The keyring of a description of type `raw-ecdh`, or why there is none. Each of its keys holds two pairs, the sender's and the
 * recipient's. Throws VECTOR_KEY_INVALID, KEYRING_INVALID.
 */
export function rawEcdhKeys(
  description: KeyDescription,
  keys: ReadonlyMap<string, JsonObject | undefined>,
): KeyringNode | { readonly unsupported: string } {
  const { schema, 'ecc-curve': curveName } = description
  const named = (who: 'sender' | 'recipient') => keys.get(jsonText(description[who]) ?? '')
  const curve = curves.get(curveName)
  if (curve === undefined) return { unsupported: `raw-ecdh: the curve ${JSON.stringify(curveName)}` }
  if (schema === 'discovery') {
    const recipientPrivateKey = textOf(named('recipient'), 'recipient-material')
    return rawEcdhKeyring({ agreement: 'discovery', curve, recipientPrivateKey })
  }
  if (schema !== 'static') return { unsupported: `raw-ecdh: the schema ${JSON.stringify(schema)}` }
  return rawEcdhKeyring({
    agreement: 'static',
    curve,
    senderPrivateKey: textOf(named('sender'), 'sender-material'),
    recipientPublicKey: Buffer.from(textOf(named('recipient'), 'recipient-material-public-key'), 'base64'),
  })
}
