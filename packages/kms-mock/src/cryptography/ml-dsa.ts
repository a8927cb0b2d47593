import { randomBytes } from 'node:crypto'
import { isMlDsaSpec, latticeKeyOf, parameterSets } from './lattice-key.js'
import { maxRawBytes } from './signature-scheme.js'
import type { SignatureInput, SignatureScheme } from './signature-scheme.js'

const prepared = async ({ spec, material }: SignatureInput) => {
  if (!isMlDsaSpec(spec)) throw new TypeError(`${spec} is no spec of ML-DSA`)
  const [scheme, pair] = await Promise.all([parameterSets[spec].scheme(), latticeKeyOf(spec, material)])
  return { scheme, pair }
}

/**
 * ML-DSA, hedged, with an empty context (FIPS 204, sections 5.2 and 5.3); EXTERNAL_MU takes µ in the
 * place of the message (section 6.2), so that both sign the same.
 */
export const mlDsa: SignatureScheme = {
  messages: { RAW: maxRawBytes, EXTERNAL_MU: 64 },
  sign: async (input) => {
    const { scheme, pair } = await prepared(input)
    const extraEntropy = randomBytes(32)
    return Buffer.from(
      input.messageType === 'RAW'
        ? scheme.sign(input.message, pair.secretKey, { extraEntropy })
        : scheme.internal.sign(input.message, pair.secretKey, { extraEntropy, externalMu: true }),
    )
  },
  verify: async (input, signature) => {
    const { scheme, pair } = await prepared(input)
    if (signature.length !== scheme.lengths.signature) return false
    return input.messageType === 'RAW'
      ? scheme.verify(signature, input.message, pair.publicKey)
      : scheme.internal.verify(signature, input.message, pair.publicKey, { externalMu: true })
  },
}
