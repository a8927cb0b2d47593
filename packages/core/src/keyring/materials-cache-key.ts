import { createHash } from 'node:crypto'
import { asBuffer } from '../materials/byte-reader.js'
import type { EncryptionContext } from '../materials/encryption-context.js'
import type { DecryptionRequest, EncryptionRequest } from '../materials/materials.js'

/** Longer keys, such as a hostile message may bring about, are kept as their hash. */
const maxKeyLength = 4096

/** With its length in front, so that no two lists of texts are joined to the same. */
function measured(text: string): string {
  return `${text.length}:${text}`
}

function list(texts: readonly string[]): string {
  if (texts.length === 0) return '0;'
  let joined = `${texts.length};`
  for (const text of texts.length === 1 ? texts : texts.toSorted()) joined += measured(text)
  return joined
}

function pairs(context: EncryptionContext): string {
  const names = Object.keys(context)
  if (names.length > 1) names.sort()
  let joined = `${names.length};`
  for (const name of names) joined += measured(name) + measured(context[name]!)
  return joined
}

function bytes(value: Uint8Array): string {
  return measured(asBuffer(value).toString('latin1'))
}

function bounded(prefix: string, rest: string): string {
  if (rest.length <= maxKeyLength) return prefix + rest
  return `${prefix}#${createHash('sha512').update(rest, 'utf16le').digest('base64')}`
}

/** What all keys of a partition, and no others, begin with. */
export function partitionPrefix(partition: string): string {
  return measured(partition)
}

/**
 * What decides the encryption materials (framework/caching-cmm.md#appendix-a-cache-entry-identifier-formulas). The keys never leave the
 * process, so they are the fields themselves and not a hash of them; beyond the formula, the commitment policy, which
 * chooses the suite where none is asked for, and the pairs that are not stored.
 */
export function encryptionKey(prefix: string, request: EncryptionRequest): string {
  const { suite, suiteAsked, commitmentPolicy, encryptionContext, requiredContextKeys } = request
  const head = `${suite.id}${suiteAsked ? '!' : '?'}${commitmentPolicy};`
  return bounded(prefix, head + pairs(encryptionContext) + list(requiredContextKeys))
}

/**
 * What decides the decryption materials; beyond the formula, what was reproduced, since a backing manager may ask for
 * it. The data keys count in their order, in which a keyring tries them.
 */
export function decryptionKey(prefix: string, request: DecryptionRequest): string {
  const { suite, encryptionContext, requiredContextKeys, reproducedContextKeys, dataKeys } = request
  let key = `${suite.id};${pairs(encryptionContext)}${list(requiredContextKeys)}${list(reproducedContextKeys)}`
  for (const { providerId, providerInfo, ciphertext } of dataKeys) {
    key += measured(providerId) + bytes(providerInfo) + bytes(ciphertext)
  }
  return bounded(prefix, key)
}
