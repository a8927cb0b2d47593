import type { KeyUsage } from '../cryptography/key-specs.js'
import { usableMaterial } from '../state/key.js'
import type { KmsKey, UsableMaterial } from '../state/key.js'
import { requireKeyState } from '../state/key-state.js'
import { cryptographicKeyId } from '../state/resolve-key.js'
import type { OperationContext } from './operation.js'
import { requireBacking } from './require-backing.js'
import { requireUsage } from './require-usage.js'

/**
 * Finds the key that a cryptographic operation is to work with, one that is for this usage and may be used now.
 * @throws KmsError NotFoundException, DisabledException, KMSInvalidStateException, InvalidKeyUsageException
 */
export const cryptographicKey = (keyId: string, usage: KeyUsage, context: OperationContext): KmsKey => {
  const key = context.key(keyId, cryptographicKeyId)
  requireKeyState(key, 'cryptographic')
  requireUsage(key, usage, context.operation)
  requireBacking(key, context)
  return key
}

/** The material of a key whose state was looked at. */
export const materialOf = (key: KmsKey): UsableMaterial => {
  const material = usableMaterial(key)
  if (material === undefined) throw new Error(`The key ${key.keyId} is usable but has no material`)
  return material
}
